package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/seal"
)

// verifyLog says what the check of the log found, and fails where it found a fault.
func verifyLog(ctx context.Context, out io.Writer, adminURL string, keys *seal.Keyring) error {
	found, err := db.VerifyLog(ctx, adminURL, keys.PublicKey())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The log: %d events in %d chains, %d not sealed yet.\n", found.Events, len(found.Heads), found.Unsealed)
	for _, head := range found.Heads {
		fmt.Fprintf(out, "  head of chain %s: position %d, %x\n", head.Chain, head.Position, head.Hash)
	}
	for _, fault := range found.Faults {
		fmt.Fprintf(out, "  %s\n", fault)
	}
	if found.More > 0 {
		fmt.Fprintf(out, "  and %d more\n", found.More)
	}
	if len(found.Faults) > 0 {
		return errors.New("the log is not as it was written: see the places above")
	}
	fmt.Fprintln(out, "Every chain is whole, and every signature is good.")
	return nil
}
