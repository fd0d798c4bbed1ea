package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/policy"
)

func exampleHead(position int64) ledger.Head {
	return ledger.Head{
		Chain: uuid.MustParse("7d3c0f6e-0a0d-4a3e-8a55-0d2a4a9f6a10"), Position: position, Hash: []byte{1, 2, 3},
		Signature: []byte{4, 5},
		SignedAt:  time.Date(2026, 11, 25, 9, 30, 0, 123456000, time.UTC),
	}
}

// TestAddNewHeadsKeepsEachOnce: each head is kept once, in order, and is read as it was written.
func TestAddNewHeadsKeepsEachOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heads")
	var kept []ledger.Head
	for _, found := range [][]ledger.Head{{exampleHead(3)}, {exampleHead(3)}, {exampleHead(5)}} {
		read, err := readKeptHeads(path)
		if err != nil || !slices.EqualFunc(read, kept, func(a, b ledger.Head) bool { return a.String() == b.String() }) {
			t.Fatalf("read %v, %v; kept were %v", read, err, kept)
		}
		added, err := addNewHeads(path, read, found)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, found[:added]...)
	}
	if len(kept) != 2 {
		t.Errorf("%d heads were kept", len(kept))
	}
}

// TestReadKeptHeadsRefusesDamage: a head that was cut short or changed is refused, and no run continues as if there
// were none.
func TestReadKeptHeadsRefusesDamage(t *testing.T) {
	line := exampleHead(3).String()
	for name, text := range map[string]string{
		"cut short": line + "\n" + line, "cut in a word": line + "\n" + line[:len(line)/2], "empty line": line + "\n\n", "another text": line +
			"\nheads\n",
		"too long": line + "\n" + line + " 1\n", "no number": line + "\n" + strings.Replace(line, " 3 ", " three ", 1) + "\n",
	} {
		path := filepath.Join(t.TempDir(), "heads")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readKeptHeads(path); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAuditFindsATailCutWithItsHeads: after a tail was cut with its heads, the log is consistent in itself and passes.
// With the heads that were kept elsewhere it fails, and those do not change.
func TestAuditFindsATailCutWithItsHeads(t *testing.T) {
	d := dbtest.New(t)
	keys, heads := filepath.Join(t.TempDir(), "keys.json"), filepath.Join(t.TempDir(), "heads")
	must(t, d.Keyring.Save(keys))
	arguments := []string{"audit", "verify", "--log-database-url", d.AdminURL, "--keys", keys}
	for range 2 {
		tx := d.Become(t, policy.Actor{Person: "synthetic", Role: policy.Commissioner, Organisation: exampleHead(1).Chain})
		_, err := tx.Exec("INSERT INTO dps.event (person, capacity, organisation_id, act, object_id, chain_id) VALUES ('synthetic', " +
			"'commissioner', dps.org(), 'need.read', dps.org(), dps.org())")
		must(t, err)
		must(t, tx.Commit())
		for sealed := 0; sealed == 0; {
			sealed, err = ledger.SealEvents(t.Context(), d.Worker)
			must(t, err)
		}
		runDPS(t, append(arguments, "--heads", heads)...).requireSuccess(t)
	}
	kept, err := os.ReadFile(heads)
	must(t, err)
	if strings.Count(string(kept), "\n") != 2 {
		t.Errorf("these heads were kept: %s", kept)
	}
	_, err = d.Admin.Exec("BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM dps.event_head WHERE position = 2; DELETE FROM " +
		"dps.event_seal WHERE position = 2; " +
		"DELETE FROM dps.event e WHERE NOT EXISTS (SELECT FROM dps.event_seal s WHERE s.event_id = e.id); COMMIT")
	must(t, err)
	runDPS(t, arguments...).requireSuccess(t)
	runDPS(t, append(arguments, "--heads", heads)...).requireRefused(t, "has been changed since it was written")
	if now, err := os.ReadFile(heads); err != nil || string(now) != string(kept) {
		t.Errorf("the heads kept became %s, %v", now, err)
	}
}
