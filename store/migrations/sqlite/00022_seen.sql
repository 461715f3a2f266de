-- +goose Up
-- Whether somebody has looked at something today is asked whenever they look,
-- and how much somebody has put in whenever they upload.
CREATE INDEX history_seen ON history (staff, action, at);
CREATE INDEX uploads_staff ON uploads (staff, at, size);

-- +goose Down
DROP INDEX uploads_staff;
DROP INDEX history_seen;
