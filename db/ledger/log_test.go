package ledger_test

import (
	"strings"
	"testing"

	"github.com/lib/pq/pqerror"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/policy"
)

// TestLogIsAppendOnly: for every role, including the owner of the tables and the superuser.
func TestLogIsAppendOnly(t *testing.T) {
	f := newSealedFixture(t)
	roles := []string{"dps_owner", "dps_api", "dps_worker", "dps_importer", ""}
	for _, r := range policy.Roles {
		roles = append(roles, r.Database())
	}
	for _, role := range roles {
		for _, table := range []string{"event", "event_seal", "event_head"} {
			for _, statement := range []string{"UPDATE dps.%s SET chain_id = chain_id", "DELETE FROM dps.%s", "TRUNCATE dps.%s CASCADE"} {
				tx, err := f.Admin.Begin()
				if err == nil && role != "" {
					_, err = tx.Exec("SET LOCAL ROLE " + role)
				}
				if err != nil {
					t.Fatal(err)
				}
				_, err = tx.Exec(strings.Replace(statement, "%s", table, 1))
				want := pqerror.Code("42501")
				if role == "" || role == "dps_owner" {
					want = "DPS09"
				}
				dbtest.RequireSQLState(t, err, want)
				_ = tx.Rollback()
			}
		}
	}
}

// TestLogTakesNoEventInThePast: whatever transaction and time a writer names, the database records the true ones.
func TestLogTakesNoEventInThePast(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	f.ExecSQL(`INSERT INTO dps.event (tx, at, person, capacity, act, object_id, chain_id)
		VALUES ('3', '2001-01-01', 'synthetic-forger', 'commissioner', 'need.create', $1, $1)`, f.Kent)
	if n := f.CountRows("event WHERE person = 'synthetic-forger' AND tx > '3' AND at > '2020-01-01'"); n != 1 {
		t.Error("an event was written into the past")
	}
}
