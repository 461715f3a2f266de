-- +goose Up
-- Revisions of the lexicon. Revision 0 comes with the program and is no row.
CREATE TABLE lexicons (
	revision INTEGER NOT NULL PRIMARY KEY,
	parent   INTEGER NOT NULL,           -- what was live when it was made
	author   TEXT    NOT NULL,
	reason   TEXT    NOT NULL,
	at       INTEGER NOT NULL,
	sum      TEXT    NOT NULL,           -- digest of the entries
	count    INTEGER NOT NULL,
	entries  TEXT    NOT NULL            -- JSON lines
);

-- What was put live, in order: the newest row names what is. Processes follow
-- it.
CREATE TABLE lexicon_switches (
	id       INTEGER NOT NULL PRIMARY KEY,
	revision INTEGER NOT NULL,
	before   INTEGER NOT NULL,
	back     INTEGER NOT NULL DEFAULT 0, -- 1: a rollback
	author   TEXT    NOT NULL,
	reason   TEXT    NOT NULL,
	trial    INTEGER NOT NULL DEFAULT 0, -- 0: without one
	at       INTEGER NOT NULL
);

-- Golden questions asked under two revisions. Their text is not kept.
CREATE TABLE lexicon_trials (
	id        INTEGER NOT NULL PRIMARY KEY,
	revision  INTEGER NOT NULL,
	sum       TEXT    NOT NULL,          -- of the revision's entries
	against   INTEGER NOT NULL,          -- what was live
	seq       INTEGER NOT NULL,          -- the newest change of the corpus
	author    TEXT    NOT NULL,
	questions INTEGER NOT NULL,
	better    INTEGER NOT NULL,
	worse     INTEGER NOT NULL,
	changed   INTEGER NOT NULL,
	verdicts  TEXT    NOT NULL,          -- JSON: question's ID and verdict
	at        INTEGER NOT NULL
);
CREATE INDEX lexicon_trials_revision ON lexicon_trials (revision, id);
