-- +goose Up
-- What citizens said of a document: on its page, or of an answer from it. voter
-- is an HMAC of account, person and day, so one row a person and day; journal is
-- the answer's record, 0 for the page.
CREATE TABLE verdicts (
	voter    TEXT    NOT NULL,
	document TEXT    NOT NULL,
	revision INTEGER NOT NULL,
	account  TEXT    NOT NULL,
	useful   INTEGER NOT NULL,
	journal  INTEGER NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (voter, document)
);
CREATE INDEX verdicts_document ON verdicts (document, at);
CREATE INDEX verdicts_at ON verdicts (at);
