-- +goose Up
-- Topics of public concern get a number, an agency and an end, and what was
-- done about each is kept, by whom and when.
ALTER TABLE concerns RENAME TO concerns_before;
CREATE TABLE concerns (
	id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	topic    TEXT    NOT NULL,
	grave    INTEGER NOT NULL,
	agency   TEXT    NOT NULL DEFAULT '', -- '' is the whole installation's
	author   TEXT    NOT NULL DEFAULT '', -- who has marked it, a display name
	started  INTEGER NOT NULL,
	touched  INTEGER NOT NULL DEFAULT 0,  -- something was done last
	answered INTEGER NOT NULL DEFAULT 0,  -- these three: 0 is not yet
	briefed  INTEGER NOT NULL DEFAULT 0,
	closed   INTEGER NOT NULL DEFAULT 0
);
INSERT INTO concerns (topic, grave, started, answered, briefed)
	SELECT topic, grave, started, answered, briefed FROM concerns_before ORDER BY started, topic;
DROP TABLE concerns_before;
CREATE INDEX concerns_open ON concerns (started) WHERE closed = 0;

CREATE TABLE concern_notes (
	id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	concern INTEGER NOT NULL REFERENCES concerns (id),
	step    TEXT    NOT NULL, -- answered, briefed, noted, closed
	text    TEXT    NOT NULL,
	who     TEXT    NOT NULL, -- has done it
	at      INTEGER NOT NULL, -- it was done
	author  TEXT    NOT NULL, -- has noted it, a display name
	noted   INTEGER NOT NULL
);
CREATE INDEX concern_notes_concern ON concern_notes (concern, id);

-- What staff find documents by: see works_words.go. The rows of older
-- databases are made when the store is opened.
CREATE TABLE work_texts (
	id       INTEGER NOT NULL PRIMARY KEY, -- that of the row in work_words
	document TEXT    NOT NULL UNIQUE,
	sum      TEXT    NOT NULL              -- of what stands there
);
CREATE VIRTUAL TABLE work_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');
