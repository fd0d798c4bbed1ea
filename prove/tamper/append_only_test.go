package tamper_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/policy"
)

// changeStatements is every way of changing what is in a table of the log.
var changeStatements = map[string]string{
	"update":           "UPDATE dps.TABLE SET chain_id = chain_id",
	"delete":           "DELETE FROM dps.TABLE",
	"truncate":         "TRUNCATE dps.TABLE CASCADE",
	"merge":            "MERGE INTO dps.TABLE USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE",
	"lock":             "LOCK TABLE dps.TABLE IN EXCLUSIVE MODE",
	"disable triggers": "ALTER TABLE dps.TABLE DISABLE TRIGGER ALL",
	"drop triggers":    "DROP TRIGGER append_only ON dps.TABLE",
	"drop":             "DROP TABLE dps.TABLE CASCADE",
	"replica":          "SET session_replication_role = replica",
}

// TestLogIsAppendOnlyForEveryRole: every role and login of the application is refused each way of changing the log, before a row is looked
// at.
func TestLogIsAppendOnlyForEveryRole(t *testing.T) {
	d := dbtest.New(t)
	roles := policy.LoginNames()
	for _, role := range policy.Roles {
		roles = append(roles, role.Database())
	}
	for _, role := range roles {
		for _, table := range []string{"event", "event_seal", "event_head"} {
			for way, statement := range changeStatements {
				if code := sqlStateAs(t, d, role, withTable(statement, table)); code != "42501" {
					t.Errorf("%s may %s %s: %s", role, way, table, code)
				}
			}
		}
	}
}

// TestLogIsAppendOnlyForItsOwner: the owner of the tables, and the superuser, meet the trigger.
func TestLogIsAppendOnlyForItsOwner(t *testing.T) {
	d := dbtest.New(t)
	writeEvent(t, d)
	_, err := d.Admin.Exec("INSERT INTO dps.event_head (chain_id, position, hash, signature) VALUES (gen_random_uuid(), 1, '', '')")
	must(t, err)
	for _, role := range []string{db.Owner, "postgres"} {
		for _, table := range []string{"event", "event_seal", "event_head"} {
			for _, way := range []string{"update", "delete", "truncate"} {
				if code := sqlStateAs(t, d, role, withTable(changeStatements[way], table)); code != "DPS09" {
					t.Errorf("%s may %s %s: %s", role, way, table, code)
				}
			}
		}
	}
}

// TestOnlyTheSequencerSeals: the other roles can neither read nor write seals and heads.
func TestOnlyTheSequencerSeals(t *testing.T) {
	d := dbtest.New(t)
	for _, role := range policy.Roles {
		for _, statement := range []string{
			"SELECT FROM dps.event_seal", "SELECT FROM dps.event_head",
			"INSERT INTO dps.event_seal DEFAULT VALUES", "INSERT INTO dps.event_head DEFAULT VALUES",
		} {
			if code := sqlStateAs(t, d, role.Database(), statement); (code == "42501") == (role == policy.Worker) {
				t.Errorf("%s, %s: %q", role, statement, code)
			}
		}
	}
}

// writeEvent puts one event into the log, so that there is something to change.
func writeEvent(t *testing.T, d *dbtest.Database) {
	t.Helper()
	tx := d.Become(t, policy.Actor{Person: "synthetic", Role: policy.Commissioner, Organisation: uuid.New()})
	_, err := tx.Exec(`INSERT INTO dps.event (person, capacity, organisation_id, act, object_id, chain_id)
		VALUES ('synthetic', 'commissioner', dps.org(), 'need.read', gen_random_uuid(), dps.org())`)
	must(t, err)
	must(t, tx.Commit())
}

// withTable puts a table into a statement.
func withTable(statement, table string) string {
	return strings.ReplaceAll(statement, "dps.TABLE", "dps."+table)
}

// sqlStateAs is the SQLSTATE with which a role is refused a statement; "" where it is not.
func sqlStateAs(t *testing.T, d *dbtest.Database, role, statement string) string {
	t.Helper()
	tx, err := d.Admin.Begin()
	must(t, err)
	defer tx.Rollback() //nolint:errcheck // nothing may stay
	_, err = tx.Exec("SET LOCAL ROLE " + role)
	must(t, err)
	_, err = tx.Exec(statement)
	var pqErr *pq.Error
	if err != nil && !errors.As(err, &pqErr) {
		t.Fatal(err)
	}
	if pqErr == nil {
		return ""
	}
	return string(pqErr.Code)
}
