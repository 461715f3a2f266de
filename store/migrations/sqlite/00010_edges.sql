-- +goose Up
-- What was called explains is named as the edges are.
UPDATE relations SET kind = 'interprets' WHERE kind = 'explains';
UPDATE revisions SET meta = replace(meta, '"Kind":"explains"', '"Kind":"interprets"')
	WHERE instr(meta, '"Kind":"explains"') > 0;

-- A relation is declared by its source's metadata, or follows from an edge.
ALTER TABLE relations ADD COLUMN anchors TEXT NOT NULL DEFAULT ''; -- of the target that alone are meant, with blanks between
ALTER TABLE relations ADD COLUMN place   TEXT NOT NULL DEFAULT ''; -- anchor in the source that says so
ALTER TABLE relations ADD COLUMN label   TEXT NOT NULL DEFAULT ''; -- of that passage
ALTER TABLE relations ADD COLUMN edge    TEXT NOT NULL DEFAULT ''; -- that it follows from; '' is declared

-- How a revision was read, what its text says of others, and whether a person
-- has to confirm it.
CREATE TABLE revision_notes (
	document     TEXT    NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
	revision     INTEGER NOT NULL,
	statements   TEXT    NOT NULL, -- JSON of corpus.Statement; '' is none
	findings     TEXT    NOT NULL, -- JSON of corpus.Finding; '' is none
	warnings     TEXT    NOT NULL, -- JSON; '' is none
	hold         TEXT    NOT NULL, -- why it is not published before a person has confirmed it; '' is none
	confirmed_by TEXT    NOT NULL DEFAULT '',
	confirmed    INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (document, revision)
);

-- The days on which a published document can be quoted by its own dates and
-- relations, [begins, ends), and its validity from ends on. They follow from
-- other columns and tables, and never from the day they were worked out.
ALTER TABLE documents ADD COLUMN begins TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN ends   TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN fate   TEXT NOT NULL DEFAULT '';

-- What other documents find a published one by. rules says by which version of
-- the program it, and the days above, were worked out.
CREATE TABLE title_keys (
	document TEXT    NOT NULL PRIMARY KEY REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
	key      TEXT    NOT NULL, -- corpus.TitleKey; '' where nothing can be done to its kind
	stem     TEXT    NOT NULL, -- corpus.TitleStem; '' where its kind has no editions
	standard TEXT    NOT NULL,
	sum      TEXT    NOT NULL, -- of the text: the same for identical ones
	rules    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX title_keys_key ON title_keys (key) WHERE key <> '';
CREATE INDEX title_keys_stem ON title_keys (stem) WHERE stem <> '';
CREATE INDEX title_keys_standard ON title_keys (standard) WHERE standard <> '';
CREATE INDEX title_keys_rules ON title_keys (rules);
INSERT INTO title_keys (document, key, stem, standard, sum) SELECT id, '', '', '', '' FROM documents WHERE live > 0;
CREATE INDEX documents_number ON documents (number) WHERE live > 0 AND number <> '';

-- What the published documents' texts say of others, and what became of it.
CREATE TABLE edges (
	id        TEXT    NOT NULL PRIMARY KEY,
	source    TEXT    NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
	ordinal   INTEGER NOT NULL,
	origin    TEXT    NOT NULL,
	kind      TEXT    NOT NULL,
	key       TEXT    NOT NULL, -- corpus.TitleKey of the title named; '' is none
	number    TEXT    NOT NULL, -- named, in its normal form; '' is none
	state     TEXT    NOT NULL,
	why       TEXT    NOT NULL,
	target    TEXT    NOT NULL, -- '' is none
	targets   TEXT    NOT NULL, -- all that are meant, with blanks between
	effective TEXT    NOT NULL,
	statement TEXT    NOT NULL  -- JSON of corpus.Statement
);
CREATE INDEX edges_source ON edges (source);
CREATE INDEX edges_key ON edges (key) WHERE key <> '';
CREATE INDEX edges_number ON edges (number) WHERE number <> '';
CREATE INDEX edges_target ON edges (target) WHERE target <> '';

-- What persons have decided about edges. It outlives them: importing a
-- document again makes the same edges.
CREATE TABLE decisions (
	edge       TEXT    NOT NULL PRIMARY KEY,
	source     TEXT    NOT NULL,
	accepted   INTEGER NOT NULL,
	target     TEXT    NOT NULL,
	decided_by TEXT    NOT NULL,
	decided    INTEGER NOT NULL
);
CREATE INDEX decisions_source ON decisions (source);
