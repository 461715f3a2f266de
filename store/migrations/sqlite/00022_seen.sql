-- +goose Up
-- Whether somebody has looked at something today is asked whenever they look.
CREATE INDEX history_seen ON history (staff, action, at);

-- +goose Down
DROP INDEX history_seen;
