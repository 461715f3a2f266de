// Package migrations holds the numbered changes of the database's schema, a
// folder for each dialect. A migration that was released is never edited.
package migrations

import "embed"

// SQLite holds the migrations of SQLite, in the folder sqlite.
//
//go:embed sqlite/*.sql
var SQLite embed.FS
