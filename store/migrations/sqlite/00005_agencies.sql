-- +goose Up
-- The directory of agencies. account '' is shared by all; an account's own
-- entry takes the place of the shared one of its id.
CREATE TABLE agencies (
	account TEXT    NOT NULL,
	id      TEXT    NOT NULL,
	region  TEXT    NOT NULL,
	name    TEXT    NOT NULL,
	sample  INTEGER NOT NULL DEFAULT 0,
	changed INTEGER NOT NULL,
	entry   TEXT    NOT NULL, -- JSON of corpus.Agency
	PRIMARY KEY (account, id)
);
CREATE INDEX agencies_order ON agencies (region, name, id);
