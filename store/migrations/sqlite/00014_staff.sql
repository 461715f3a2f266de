-- +goose Up
-- The people who work in the console. How they sign in is kept elsewhere. Rows
-- are never deleted: the history names them.
CREATE TABLE staff (
	id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	name     TEXT    NOT NULL UNIQUE,
	display  TEXT    NOT NULL,
	roles    TEXT    NOT NULL, -- with blanks between
	agency   TEXT    NOT NULL, -- '' is all
	disabled INTEGER NOT NULL DEFAULT 0,
	created  INTEGER NOT NULL
);
