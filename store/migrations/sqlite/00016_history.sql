-- +goose Up
-- What was done, by whom, when, from where. Each entry carries the hash of the
-- one before. staff is an ID, 0 where none is known.
CREATE TABLE history (
	seq      INTEGER NOT NULL PRIMARY KEY,
	at       INTEGER NOT NULL,
	staff    INTEGER NOT NULL,
	who      TEXT    NOT NULL,
	origin   TEXT    NOT NULL, -- address, or terminal
	action   TEXT    NOT NULL,
	document TEXT    NOT NULL, -- '' is none
	revision INTEGER NOT NULL,
	detail   TEXT    NOT NULL,
	before   TEXT    NOT NULL,
	hash     TEXT    NOT NULL
);
CREATE INDEX history_document ON history (document, seq) WHERE document <> '';
CREATE INDEX history_staff ON history (staff, seq);
CREATE INDEX history_action ON history (action, seq);

-- The newest entry: one row, so that entries come one after the other.
CREATE TABLE history_head (
	id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	seq  INTEGER NOT NULL,
	hash TEXT    NOT NULL
);
INSERT INTO history_head (id, seq, hash) VALUES (1, 0, '');

-- +goose StatementBegin
CREATE TRIGGER history_unchanged BEFORE UPDATE ON history
BEGIN
	SELECT RAISE(ABORT, 'the history is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_kept BEFORE DELETE ON history
BEGIN
	SELECT RAISE(ABORT, 'the history is never changed');
END;
-- +goose StatementEnd
