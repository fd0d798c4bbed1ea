-- The grants and row policies of a database are made again only where they differ from what was made: that locks every table.

-- +goose Up
ALTER TABLE policy_version ADD made text; -- the digest of the statements, and of what the catalogue held after them

-- +goose Down
ALTER TABLE policy_version DROP COLUMN made;
