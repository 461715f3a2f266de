-- +goose Up
-- A switch of the lexicon is a change that the index and engines follow, like
-- one of a document: it has a number from outbox_counter, taken in the
-- transaction of the switch. The newest switch is read as a row of the outbox.
-- 0 is of before this column: it is behind every change.
ALTER TABLE lexicon_switches ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
