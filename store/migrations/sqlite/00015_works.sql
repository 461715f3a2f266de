-- +goose Up
-- A document as staff see it: one row each, of the newest revision that was
-- not dropped. Rows of older databases are made when the store is opened.
CREATE TABLE works (
	document   TEXT    NOT NULL PRIMARY KEY REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
	revision   INTEGER NOT NULL,            -- 0: nothing is left of it
	status     TEXT    NOT NULL,            -- of that revision
	owner      TEXT    NOT NULL DEFAULT '', -- agency whose staff put it in; '' is imported
	backlog    INTEGER NOT NULL DEFAULT 0,
	returned   INTEGER NOT NULL DEFAULT 0,  -- a draft that was sent back
	held       INTEGER NOT NULL DEFAULT 0,
	due        INTEGER NOT NULL DEFAULT 0,  -- when it is to be published; 0: by hand
	likeness   TEXT    NOT NULL DEFAULT '', -- JSON of desk.Likeness; '' is none
	updated    INTEGER NOT NULL,
	updated_by TEXT    NOT NULL DEFAULT '', -- a display name
	-- of the revision's metadata and text: for lists, and to know it again
	kind       TEXT    NOT NULL,
	title      TEXT    NOT NULL,
	number     TEXT    NOT NULL, -- in its normal form
	key        TEXT    NOT NULL, -- corpus.TitleKey; of an FAQ that of its question
	account    TEXT    NOT NULL,
	issued     TEXT    NOT NULL,
	sum        TEXT    NOT NULL  -- of the text: the same for identical ones
);
CREATE INDEX works_updated ON works (updated DESC, document) WHERE revision > 0;
CREATE INDEX works_status ON works (status, updated DESC) WHERE revision > 0;
CREATE INDEX works_number ON works (number) WHERE number <> '';
CREATE INDEX works_key ON works (key) WHERE key <> '';
CREATE INDEX works_due ON works (due) WHERE due > 0;

CREATE TABLE work_facets (
	document TEXT NOT NULL REFERENCES works (document) DEFERRABLE INITIALLY DEFERRED,
	facet    TEXT NOT NULL, -- topic, agency, interprets
	value    TEXT NOT NULL,
	PRIMARY KEY (document, facet, value)
);
CREATE INDEX work_facets_value ON work_facets (facet, value, document);

-- What staff did to a revision. None of one that was imported.
CREATE TABLE work_revisions (
	document    TEXT    NOT NULL,
	revision    INTEGER NOT NULL,
	version     INTEGER NOT NULL,            -- counts its changes
	submitted   TEXT    NOT NULL DEFAULT '', -- a display name
	approved    TEXT    NOT NULL DEFAULT '',
	approved_by INTEGER NOT NULL DEFAULT 0,
	checklist   TEXT    NOT NULL DEFAULT '', -- JSON of desk.Checklist
	PRIMARY KEY (document, revision),
	FOREIGN KEY (document, revision) REFERENCES revisions (document, number) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE work_authors (
	document TEXT    NOT NULL,
	revision INTEGER NOT NULL,
	staff    INTEGER NOT NULL REFERENCES staff (id),
	PRIMARY KEY (document, revision, staff)
);
CREATE INDEX work_authors_staff ON work_authors (staff, document);

CREATE TABLE comments (
	id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	document TEXT    NOT NULL,
	revision INTEGER NOT NULL,
	anchor   TEXT    NOT NULL,
	quote    TEXT    NOT NULL,
	text     TEXT    NOT NULL,
	author   TEXT    NOT NULL, -- a display name
	at       INTEGER NOT NULL,
	resolved INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX comments_document ON comments (document, id);

-- When revisions were published by staff. Clocks start with it.
CREATE TABLE publications (
	document TEXT    NOT NULL,
	revision INTEGER NOT NULL,
	at       INTEGER NOT NULL,
	staff    INTEGER NOT NULL,
	backlog  INTEGER NOT NULL,
	PRIMARY KEY (document, revision)
);

-- Why documents are no longer published. Gone when they are again.
CREATE TABLE withdrawals (
	document TEXT    NOT NULL PRIMARY KEY,
	revision INTEGER NOT NULL,
	reason   TEXT    NOT NULL,
	author   TEXT    NOT NULL, -- a display name
	at       INTEGER NOT NULL
);

-- Files that staff put in. Their bytes are in original_parts.
CREATE TABLE uploads (
	id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	sum      TEXT    NOT NULL REFERENCES originals (sum),
	name     TEXT    NOT NULL,
	size     INTEGER NOT NULL,
	staff    INTEGER NOT NULL,
	display  TEXT    NOT NULL,
	agency   TEXT    NOT NULL,
	account  TEXT    NOT NULL,
	kind     TEXT    NOT NULL,
	region   TEXT    NOT NULL,
	backlog  INTEGER NOT NULL,
	state    TEXT    NOT NULL,
	tries    INTEGER NOT NULL DEFAULT 0,
	at       INTEGER NOT NULL,
	finished INTEGER NOT NULL DEFAULT 0,
	drafts   TEXT    NOT NULL DEFAULT '', -- JSON of desk.UploadDraft
	problems TEXT    NOT NULL DEFAULT ''  -- JSON of desk.Problem
);
CREATE INDEX uploads_state ON uploads (state, id);
CREATE INDEX uploads_sum ON uploads (sum);

-- Topics of public concern, with the clocks that run for them.
CREATE TABLE concerns (
	topic    TEXT    NOT NULL,
	started  INTEGER NOT NULL,
	grave    INTEGER NOT NULL,
	answered INTEGER NOT NULL DEFAULT 0,
	briefed  INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (topic, started)
);

-- What is said to some phrases before anything is searched.
CREATE TABLE pins (
	id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	state       TEXT    NOT NULL,
	phrases     TEXT    NOT NULL, -- JSON
	document    TEXT    NOT NULL, -- '' is text
	text        TEXT    NOT NULL,
	accounts    TEXT    NOT NULL, -- JSON; null is all
	since       INTEGER NOT NULL DEFAULT 0,
	until       INTEGER NOT NULL,
	agency      TEXT    NOT NULL,
	author      INTEGER NOT NULL,
	author_name TEXT    NOT NULL, -- this and the next two: display names
	approved    TEXT    NOT NULL DEFAULT '',
	ended       TEXT    NOT NULL DEFAULT '',
	why         TEXT    NOT NULL DEFAULT '',
	at          INTEGER NOT NULL
);
CREATE INDEX pins_standing ON pins (until) WHERE state = 'stands';
