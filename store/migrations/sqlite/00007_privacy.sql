-- +goose Up
-- What was asked, said and offered, encrypted under the record's secret; NULL
-- where it was removed. question, reply and choices stay empty: what they held
-- in the clear is sealed at the next start. person is '' where texts is NULL.
ALTER TABLE journal ADD COLUMN texts BLOB;

-- The secrets. A backup never holds this table: who removes a secret here has
-- made the text unreadable everywhere.
CREATE TABLE journal_keys (
	id     INTEGER NOT NULL PRIMARY KEY REFERENCES journal (id) ON DELETE CASCADE,
	secret BLOB    NOT NULL
);

CREATE INDEX journal_open ON journal (id) WHERE question <> '' OR reply <> '' OR choices <> '';
CREATE INDEX journal_asked ON journal (asked);
CREATE INDEX journal_texts ON journal (asked) WHERE texts IS NOT NULL;
DROP INDEX journal_person;
CREATE INDEX journal_person ON journal (account, person, asked) WHERE person <> '';
