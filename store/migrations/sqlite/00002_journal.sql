-- +goose Up
-- Nothing here names a person: key and person are HMACs, texts are masked,
-- bodies are encrypted and removed after minutes.

-- Who is answering a question, or has. claims are removed after a day.
CREATE TABLE claims (
	key      TEXT    NOT NULL PRIMARY KEY,
	account  TEXT    NOT NULL,
	holder   TEXT    NOT NULL,
	lease    INTEGER NOT NULL,           -- until when
	answered INTEGER NOT NULL DEFAULT 0, -- 0 is not yet
	body     BLOB
);
CREATE INDEX claims_lease ON claims (lease);
CREATE INDEX claims_bodies ON claims (answered) WHERE body IS NOT NULL;

CREATE TABLE journal (
	id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	key        TEXT    NOT NULL,
	account    TEXT    NOT NULL,
	person     TEXT    NOT NULL,
	kind       TEXT    NOT NULL,
	question   TEXT    NOT NULL,
	asked      INTEGER NOT NULL,
	took       INTEGER NOT NULL, -- microseconds
	status     TEXT    NOT NULL,
	reason     TEXT    NOT NULL,
	reply      TEXT    NOT NULL,
	confidence REAL    NOT NULL,
	engine     TEXT    NOT NULL,
	lexicon    TEXT    NOT NULL,
	generation TEXT    NOT NULL,
	sources    TEXT    NOT NULL, -- JSON
	choices    TEXT    NOT NULL  -- JSON
);
CREATE INDEX journal_person ON journal (account, person, asked);
