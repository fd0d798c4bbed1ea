package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/seal"
)

// verifyLog reports what the check of the log found, and fails if it found a fault. If heads names a file, the log must
// still contain the heads in it. The heads of a log without fault are added to the file.
func verifyLog(ctx context.Context, out io.Writer, adminURL string, keys *seal.Keyring, heads string) error {
	kept, err := readKeptHeads(heads)
	if err != nil {
		return err
	}
	found, err := ledger.VerifyLog(ctx, adminURL, keys.PublicKey(), kept...)
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
		return errors.New("the log has been changed since it was written: see the places above")
	}
	fmt.Fprintln(out, "Every chain is complete, and every signature is valid.")
	if heads == "" {
		return nil
	}
	added, err := addNewHeads(heads, kept, found.Heads)
	if err == nil {
		fmt.Fprintf(out, "The log contains the %d heads kept in %s; %d were added.\n", len(kept), heads, added)
	}
	return err
}

// readKeptHeads reads the heads that were kept; there are none if the file does not exist yet.
func readKeptHeads(path string) ([]ledger.Head, error) {
	raw, err := os.ReadFile(path)
	switch {
	case path == "", errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("the kept heads cannot be read: %w", err)
	}
	var heads []ledger.Head
	for line := range strings.Lines(string(raw)) {
		text, whole := strings.CutSuffix(line, "\n")
		head, err := ledger.ParseHead(text)
		if err != nil || !whole {
			return nil, fmt.Errorf("%s, line %d: this head is incomplete or damaged", path, len(heads)+1)
		}
		heads = append(heads, head)
	}
	return heads, nil
}

// addNewHeads adds the heads that are not kept yet, in one write, and says how many.
func addNewHeads(path string, kept, found []ledger.Head) (added int, err error) {
	known, lines := map[string]bool{}, ""
	for _, head := range kept {
		known[head.String()] = true
	}
	for _, head := range found {
		if line := head.String(); !known[line] {
			added, lines = added+1, lines+line+"\n"
		}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("the heads cannot be kept: %w", err)
	}
	_, err = f.WriteString(lines)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return 0, fmt.Errorf("the heads cannot be kept: %w", err)
	}
	return added, nil
}
