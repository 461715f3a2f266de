-- +goose Up
-- Pairs of published passages that answers found to say other figures of what
-- looks like the same matter. No question is here.
CREATE TABLE differences (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	chosen          TEXT    NOT NULL,
	chosen_revision INTEGER NOT NULL,
	chosen_anchor   TEXT    NOT NULL,
	other           TEXT    NOT NULL,
	other_revision  INTEGER NOT NULL,
	other_anchor    TEXT    NOT NULL,
	met             INTEGER NOT NULL,            -- by answers
	first           INTEGER NOT NULL,
	last            INTEGER NOT NULL,
	settled_by      TEXT    NOT NULL DEFAULT '', -- who has looked at it
	settled         INTEGER NOT NULL DEFAULT 0,
	why             TEXT    NOT NULL DEFAULT '',
	UNIQUE (chosen, chosen_revision, chosen_anchor, other, other_revision, other_anchor)
);

-- +goose Down
DROP TABLE differences;
