package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/seal"
)

// TestKeysAreChangedAtTheTerminal: each step makes a file of its own, and says which step it lacks.
func TestKeysAreChangedAtTheTerminal(t *testing.T) {
	folder := t.TempDir()
	file := func(name string) string { return filepath.Join(folder, name) }
	runDPS(t, "keys", "--out", file("first")).requireSuccess(t)
	runDPS(t, "keys", "use", "--keys", file("first"), "--out", file("early")).requireRefused(t, "`dps keys add` first")
	runDPS(t, "keys", "add", "--keys", file("first"), "--out", file("added")).requireSuccess(t)
	runDPS(t, "keys", "use", "--keys", file("added"), "--out", file("used")).requireSuccess(t)
	runDPS(t, "keys", "divide", "--keys", file("used"), "--out", file("divided")).requireSuccess(t)
	runDPS(t, "keys", "add", "--keys", file("divided"), "--out", file("none")).requireRefused(t, "whole key file")
	runDPS(t, "keys", "add", "--keys", file("first"), "--out", file("used")).requireRefused(t, "was not changed")
	runDPS(t, "keys", "add", "--out", file("none")).requireRefused(t, "--keys is missing")
	runDPS(t, "keys", "nonsense").requireRefused(t, "there is no command")
	for name, want := range map[string]int{"first": 1, "added": 1, "used": 2, "divided": 2} {
		if printed := runDPS(t, "keys", "public", "--keys", file(name)).requireSuccess(t).out; strings.Count(printed, "\n") != want {
			t.Errorf("public keys of %s: %s", name, printed)
		}
	}
}

// TestAServiceOfOtherKeysDoesNotStart: what it sealed could never be opened, and its signatures would break the log for good.
func TestAServiceOfOtherKeysDoesNotStart(t *testing.T) {
	d := dbtest.New(t)
	_ = d.API // the market's keys are known from the first start
	open := func(keys *seal.Keyring) error {
		opened, err := db.Open(t.Context(), db.Config{URL: postgrestest.Server(t).URL("dps_api", d.Name), Policy: d.Policy, Keyring: keys})
		if err == nil {
			err = opened.Close()
		}
		return err
	}
	other, err := seal.Generate()
	must(t, err)
	added, err := d.Keyring.AddKeys()
	must(t, err)
	newest, err := added.UseNewest()
	must(t, err)
	for _, c := range []struct {
		name string
		keys *seal.Keyring
		good bool
	}{
		{"the market's", d.Keyring, true},
		{"without the keeper", d.Keyring.WithoutKeeper(), true},
		{"another market's", other, false},
		{"with further keys", added, true},
		{"the older, when the further ones may be in use", d.Keyring, false},
		{"the newest", newest, true},
		{"another market's, again", other, false},
	} {
		if err := open(c.keys); (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), "key file is not that of this database") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestTheLogIsCheckedWithoutSecrets: the login that reads only the log, and the public keys, are enough. An event that has waited long to
// be sealed is told of.
func TestTheLogIsCheckedWithoutSecrets(t *testing.T) {
	d := dbtest.New(t)
	folder := t.TempDir()
	keys, public := filepath.Join(folder, "keys.json"), filepath.Join(folder, "public")
	must(t, d.Keyring.Save(keys))
	must(t, os.WriteFile(public, []byte(runDPS(t, "keys", "public", "--keys", keys).requireSuccess(t).out), 0o600))
	reader := postgrestest.Server(t).URL("dps_log_reader", d.Name)
	verify := func(more ...string) programResult {
		return runDPS(t, append([]string{"audit", "verify", "--log-database-url", reader, "--public-keys", public}, more...)...)
	}
	verify().requireSuccess(t)
	tx := d.Become(t, policy.Actor{Person: "synthetic", Role: policy.Commissioner, Organisation: exampleHead(1).Chain})
	_, err := tx.Exec("INSERT INTO dps.event (person, capacity, organisation_id, act, object_id, chain_id) VALUES ('synthetic', " +
		"'commissioner', dps.org(), 'need.read', dps.org(), dps.org())")
	must(t, err)
	must(t, tx.Commit())
	verify().requireSuccess(t)
	verify("--unsealed-limit", "1us").requireRefused(t, "still be changed without a trace")
	verify("--unsealed-limit", "0").requireSuccess(t)
	must(t, os.WriteFile(public, []byte("synthetic\n"), 0o600))
	verify().requireRefused(t, "line 1")

	tables, err := d.Admin.Query(`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'dps'::regnamespace AND c.relkind = 'r'
		AND has_table_privilege('dps_log_reader', c.oid, 'SELECT') ORDER BY 1`)
	must(t, err)
	defer tables.Close()
	var readable []string
	for tables.Next() {
		var name string
		must(t, tables.Scan(&name))
		readable = append(readable, name)
	}
	must(t, tables.Err())
	if got := strings.Join(readable, " "); got != "clock event event_head event_seal goose_db_version policy_version" {
		t.Errorf("the reader of the log reads %s", got)
	}
}
