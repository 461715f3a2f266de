-- +goose Up
-- When a change was published, so that it can be told how long it has waited
-- to be served. 0 is not known: it was before this column.
ALTER TABLE outbox ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
