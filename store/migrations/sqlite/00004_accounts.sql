-- +goose Up
-- The account that the published revision belongs to; '' is shared by all.
ALTER TABLE documents ADD COLUMN account TEXT NOT NULL DEFAULT '';
UPDATE documents SET account = COALESCE((
	SELECT json_extract(meta, '$.Account') FROM revisions
	WHERE revisions.document = documents.id AND revisions.number = documents.live), '');
