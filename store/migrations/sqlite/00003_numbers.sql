-- +goose Up
-- The document number of the published revision, in its normal form.
ALTER TABLE documents ADD COLUMN number TEXT NOT NULL DEFAULT '';
UPDATE documents SET number = COALESCE((
	SELECT json_extract(meta, '$.Number') FROM revisions
	WHERE revisions.document = documents.id AND revisions.number = documents.live), '');
