-- +goose Up
-- What the public pages need beside the documents themselves.

-- The files that revisions were read from, each stored once, in parts, so
-- that serving one needs no more memory than a part.
CREATE TABLE originals (
	sum    TEXT    NOT NULL PRIMARY KEY, -- SHA-256, hexadecimal
	size   INTEGER NOT NULL              -- bytes
);
CREATE TABLE original_parts (
	sum    TEXT    NOT NULL REFERENCES originals (sum) ON DELETE CASCADE,
	number INTEGER NOT NULL, -- 0, 1 …
	data   BLOB    NOT NULL,
	PRIMARY KEY (sum, number)
);
CREATE TABLE revision_originals (
	document   TEXT    NOT NULL,
	revision   INTEGER NOT NULL,
	sum        TEXT    NOT NULL REFERENCES originals (sum),
	name       TEXT    NOT NULL,
	media_type TEXT    NOT NULL,
	PRIMARY KEY (document, revision),
	FOREIGN KEY (document, revision) REFERENCES revisions (document, number) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX revision_originals_sum ON revision_originals (sum);

-- What published documents are listed by.
CREATE TABLE facets (
	document  TEXT NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
	facet     TEXT NOT NULL, -- topic, agency
	value     TEXT NOT NULL,
	kind      TEXT NOT NULL,
	published TEXT NOT NULL, -- as in documents, for the order
	PRIMARY KEY (document, facet, value)
);
CREATE INDEX facets_value ON facets (facet, value, published DESC, document);
INSERT INTO facets (document, facet, value, kind, published)
	SELECT DISTINCT d.id, 'topic', trim(t.value), json_extract(r.meta, '$.Kind'), d.published
	FROM documents d JOIN revisions r ON r.document = d.id AND r.number = d.live,
		json_each(r.meta, '$.Topics') t
	WHERE d.live > 0 AND t.type = 'text' AND trim(t.value) <> '' AND length(CAST(t.value AS BLOB)) <= 150;
INSERT INTO facets (document, facet, value, kind, published)
	SELECT DISTINCT d.id, 'agency', trim(a.value), json_extract(r.meta, '$.Kind'), d.published
	FROM documents d JOIN revisions r ON r.document = d.id AND r.number = d.live,
		json_each('["' || replace(replace(replace(COALESCE(json_extract(r.meta, '$.Agency'), ''),
			'\', ''), '"', ''), '、', '","') || '"]') a
	WHERE d.live > 0 AND trim(a.value) <> '' AND length(CAST(a.value AS BLOB)) <= 150;

-- On which document an answer in the journal rests. Goes with its row.
CREATE TABLE citations (
	journal  INTEGER NOT NULL PRIMARY KEY REFERENCES journal (id) ON DELETE CASCADE,
	document TEXT    NOT NULL,
	account  TEXT    NOT NULL, -- both as in journal; who asked stands there alone
	asked    INTEGER NOT NULL
);
CREATE INDEX citations_asked ON citations (account, asked, document);
INSERT INTO citations (journal, document, account, asked)
	SELECT j.id, json_extract(j.sources, '$[0].ref.document'), j.account, j.asked FROM journal j
	WHERE j.status = 'answered' AND j.person <> '' AND json_valid(j.sources)
	AND COALESCE(json_extract(j.sources, '$[0].ref.document'), '') <> '';
