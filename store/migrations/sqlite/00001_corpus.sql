-- +goose Up
-- Instants are milliseconds since 1970, civil days are text (2024-05-01, ''
-- is unknown), truths are 0 and 1: the same in every dialect.

CREATE TABLE documents (
	id        TEXT    NOT NULL PRIMARY KEY,
	newest    INTEGER NOT NULL,            -- number of the newest revision
	hash      TEXT    NOT NULL,            -- of the newest revision
	live      INTEGER NOT NULL DEFAULT 0,  -- number of the published revision; 0 is none
	title     TEXT    NOT NULL DEFAULT '', -- this and what follows: of the published revision
	published TEXT    NOT NULL DEFAULT '',
	sample    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX documents_live ON documents (published DESC, id) WHERE live > 0;

CREATE TABLE revisions (
	document TEXT    NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
	number   INTEGER NOT NULL,
	status   TEXT    NOT NULL,
	hash     TEXT    NOT NULL,
	created  INTEGER NOT NULL,
	meta     TEXT    NOT NULL, -- JSON of corpus.Document; relations as declared
	passages TEXT    NOT NULL, -- JSON
	text     TEXT    NOT NULL,
	PRIMARY KEY (document, number)
);

-- What the published revisions say about other documents. target need not
-- exist (yet).
CREATE TABLE relations (
	source    TEXT    NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
	ordinal   INTEGER NOT NULL,
	kind      TEXT    NOT NULL,
	target    TEXT    NOT NULL,
	effective TEXT    NOT NULL,
	binding   INTEGER NOT NULL, -- 0: said by a draft for comment, does nothing
	PRIMARY KEY (source, ordinal)
);
CREATE INDEX relations_target ON relations (target);

-- The newest change of each document. Numbers come from outbox_counter, not
-- from a sequence, so that their order is the order of commits.
CREATE TABLE outbox (
	document TEXT    NOT NULL PRIMARY KEY REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
	seq      INTEGER NOT NULL UNIQUE
);
CREATE TABLE outbox_counter (
	id  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	seq INTEGER NOT NULL
);
INSERT INTO outbox_counter (id, seq) VALUES (1, 0);

-- The words of the newest cut revision of each document.
CREATE TABLE cuts (
	document  TEXT    NOT NULL PRIMARY KEY REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
	revision  INTEGER NOT NULL,
	segmenter TEXT    NOT NULL,
	words     BLOB    NOT NULL
);

CREATE TABLE settings (
	name  TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);
