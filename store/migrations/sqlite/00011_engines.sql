-- +goose Up
-- What is known of the engines outside of the process that the outbox feeds:
-- for people, and for processes that only read. The truth about a generation
-- is in the engine.
CREATE TABLE engines (
	name     TEXT    NOT NULL PRIMARY KEY,
	progress TEXT    NOT NULL DEFAULT '', -- JSON; '' where nothing is known
	holder   TEXT    NOT NULL DEFAULT '', -- the process that feeds it
	until    INTEGER NOT NULL DEFAULT 0   -- when its lease ends
);

-- Documents that an engine refuses for what they are. They may be gone from
-- documents: then the next change says so.
CREATE TABLE asides (
	engine   TEXT    NOT NULL,
	document TEXT    NOT NULL,
	seq      INTEGER NOT NULL,
	reason   TEXT    NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (engine, document)
);

CREATE TABLE engine_events (
	id     INTEGER NOT NULL PRIMARY KEY,
	at     INTEGER NOT NULL,
	engine TEXT    NOT NULL,
	kind   TEXT    NOT NULL,
	detail TEXT    NOT NULL
);
CREATE INDEX engine_events_engine ON engine_events (engine, id);
