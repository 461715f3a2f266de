-- +goose Up
-- What staff sign in with. Of passwords only an argon2id hash is here; a code
-- of the second factor's step is taken once.
CREATE TABLE door_keys (
	person   INTEGER NOT NULL PRIMARY KEY,
	password TEXT    NOT NULL DEFAULT '',   -- '': cannot sign in
	changed  INTEGER NOT NULL DEFAULT 0,
	secret   TEXT    NOT NULL DEFAULT '',   -- '': no second factor
	offered  TEXT    NOT NULL DEFAULT '',
	step     INTEGER NOT NULL DEFAULT 0
);

-- Sessions and one-time links, by SHA-256 of the token that a browser or a
-- person holds.
CREATE TABLE door_sessions (
	hash    TEXT    NOT NULL PRIMARY KEY,
	person  INTEGER NOT NULL,
	stage   TEXT    NOT NULL,
	made    INTEGER NOT NULL,
	seen    INTEGER NOT NULL,
	ends    INTEGER NOT NULL,
	address TEXT    NOT NULL,
	agent   TEXT    NOT NULL,
	notice  TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX door_sessions_person ON door_sessions (person, made);

CREATE TABLE door_links (
	hash    TEXT    NOT NULL PRIMARY KEY,
	purpose TEXT    NOT NULL,
	person  INTEGER NOT NULL,               -- 0: the first administrator
	expires INTEGER NOT NULL
);

-- What failed, by a keyed hash of name or address.
CREATE TABLE door_tries (
	key     TEXT    NOT NULL PRIMARY KEY,
	count   INTEGER NOT NULL,
	last    INTEGER NOT NULL,
	until   INTEGER NOT NULL
);

-- Forms that came after their session had run out, for an hour.
CREATE TABLE door_forms (
	id      TEXT    NOT NULL PRIMARY KEY,
	person  INTEGER NOT NULL,
	path    TEXT    NOT NULL,
	body    TEXT    NOT NULL,
	made    INTEGER NOT NULL
);
CREATE INDEX door_forms_person ON door_forms (person, made);
