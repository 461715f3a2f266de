-- +goose Up
-- Stops of automatic answers. A row is written when staff stop something and
-- completed when it is lifted; rows are never deleted. account '' is all
-- accounts, topic '' is every topic; lifted_at 0 is not yet.
CREATE TABLE stops (
	id            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	account       TEXT    NOT NULL,
	topic         TEXT    NOT NULL,
	reason        TEXT    NOT NULL,
	stopped_by    TEXT    NOT NULL,
	stopped_at    INTEGER NOT NULL,
	lifted_by     TEXT    NOT NULL DEFAULT '',
	lifted_reason TEXT    NOT NULL DEFAULT '',
	lifted_at     INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX stops_standing ON stops (account, topic) WHERE lifted_at = 0;
