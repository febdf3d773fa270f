package server

import (
	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/store"
)

// describeDatabase is the database as the delivery API shows it.
func describeDatabase(db *store.Store, c *config.Config) delivery.Database {
	d := delivery.Database{
		Folder: c.Database.File.Folder, Extension: string(c.Database.File.Extension),
		Documents: db.Count(), Problems: db.Problems(),
	}
	if key, err := seal.NewKey(c.Key()); err == nil && key.BuiltIn() {
		d.Notes = append(d.Notes, "secrets are encrypted with a key that everybody knows, which protects nothing: set security.encryption_key_file")
	}
	if db.Reformed() {
		d.Notes = append(d.Notes, "the database changed its form (extension, case mode or canonical form) at this start")
	}
	return d
}
