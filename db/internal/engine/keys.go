package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/seal"
)

// WrongKeysError says that a key file is not the market's. Its message is for the person who starts the program.
type WrongKeysError struct{ Uses []string }

func (e *WrongKeysError) Error() string {
	return fmt.Sprintf("the key file is not that of this database: it lacks a key that something here is sealed or signed with (%s). "+
		"Use the market's newest key file", strings.Join(e.Uses, ", "))
}

// missingKeysSQL are the uses of keys of the market that a process does not have. Keys of the process that the market does not have yet
// are the market's from then on.
const missingKeysSQL = "SELECT dps.missing_keys($1, $2)"

// CheckKeys says whether this process has every key of the market: a *WrongKeysError if not. What it sealed could never be opened.
func (d *DB) CheckKeys(ctx context.Context) error {
	var missing []string
	if err := d.pool.SelectContext(ctx, &missing, missingKeysSQL, keyArgs(d.keys)...); err != nil {
		return fmt.Errorf("keys in use: %w", err)
	}
	return wrongKeys(missing)
}

// checkKeys is CheckKeys in a transaction.
func (t *Tx) checkKeys(ctx context.Context, keys *seal.Keyring) error {
	var missing []string
	if err := t.SelectRows(ctx, &missing, missingKeysSQL+" AS use", keyArgs(keys)...); err != nil {
		return err
	}
	return wrongKeys(missing)
}

func keyArgs(keys *seal.Keyring) []any {
	var uses, fingerprints []string
	for _, k := range keys.KeysInUse() {
		uses, fingerprints = append(uses, k.Use), append(fingerprints, k.Fingerprint)
	}
	return []any{pq.Array(uses), pq.Array(fingerprints)}
}

func wrongKeys(missing []string) error {
	if len(missing) == 0 {
		return nil
	}
	return &WrongKeysError{missing}
}
