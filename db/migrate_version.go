package db

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/pressly/goose/v3"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// refuseNewer stops an older program from replacing the policy of a newer one.
func refuseNewer(ctx context.Context, p *goose.Provider) error {
	at, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	newest, err := newestMigration()
	if err == nil && at > newest {
		return ErrNewSchema
	}
	return err
}

// Errors of checkVersion: plain sentences for the person who starts the program.
var (
	ErrOldSchema = errors.New("the database is older than this program: run `dps migrate`")
	ErrNewSchema = errors.New("the database is newer than this program: run the newer `dps`")
)

// checkVersion refuses a database whose tables or compiled policy are not those of this program.
func checkVersion(ctx context.Context, d *engine.DB) error {
	at, err := d.Version(ctx)
	var pqErr *pq.Error
	if errors.As(err, &pqErr) && slices.Contains([]pqerror.Code{
		pqerror.UndefinedTable, pqerror.InvalidSchemaName,
		pqerror.InsufficientPrivilege,
	}, pqErr.Code) {
		return ErrOldSchema
	}
	if err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	newest, err := newestMigration()
	switch {
	case err != nil:
		return err
	case at.Schema > newest:
		return ErrNewSchema
	case at.Schema < newest || at.Policy != d.Policy().Hash():
		return ErrOldSchema
	}
	return nil
}

// SchemaVersion is the schema that this program needs.
func SchemaVersion() (int64, error) { return newestMigration() }

func newestMigration() (int64, error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	return goose.NumericComponent(files[len(files)-1].Name())
}
