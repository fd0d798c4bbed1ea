package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// TestAlertsAndDashboardNameMetricsThatExist, and each metric in the list of docs/operating.md exists too.
func TestAlertsAndDashboardNameMetricsThatExist(t *testing.T) {
	d := dbtest.New(t)
	s := &service{api: d.API, worker: d.Worker}
	s.watch = &watch{now: time.Now, pool: func() (int, int, int64) { return 0, 0, 0 }, beat: record.NewBeat()}
	s.watch.last.Store(&looked{time.Now(), db.Health{}, nil})
	requestSeconds.WithLabelValues("graphql", "200").Observe(0)
	answer := httptest.NewRecorder()
	s.adminHandler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	exists := answer.Body.String() + "dps_callers_refused_total dps_errors_total" // those come with their first label
	name := regexp.MustCompile(`dps_[a-z_]+`)
	for _, path := range []string{"../../deploy/alerts.yml", "../../deploy/dashboard.json", "../../docs/operating.md"} {
		text, err := os.ReadFile(path)
		must(t, err)
		for _, metric := range name.FindAllString(string(text), -1) {
			if strings.HasSuffix(metric, "_total") || strings.HasSuffix(metric, "_seconds") || strings.HasPrefix(metric, "dps_pool") {
				if !strings.Contains(exists, metric) {
					t.Errorf("%s names %s, which does not exist", path, metric)
				}
			}
		}
	}
}

// TestDrillRestoresWhatWasWrittenAfterTheBackup: a physical backup and the write-ahead log
// give back every event, those after the backup too.
func TestDrillRestoresWhatWasWrittenAfterTheBackup(t *testing.T) {
	for _, program := range []string{"bash", "psql", "pg_basebackup", "pg_receivewal", "setpriv"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not on this machine", program)
		}
	}
	d := dbtest.New(t)
	d.Load(t, demo.Region(time.Now()))
	count := func() (n int) {
		must(t, d.Admin.QueryRow("SELECT count(*) FROM dps.event").Scan(&n))
		return n
	}
	before := count()
	folder := newOpenFolder(t)
	// What is written in between is one more event, and the drill goes on once it has been received.
	const between = `psql="psql -XAtq -d $DPS_DRILL_ADDRESS"
		$psql -c "INSERT INTO dps.event (person, capacity, act, object_id, chain_id)
			SELECT person, capacity, act, object_id, chain_id FROM dps.event LIMIT 1"
		at=$($psql -c "SELECT pg_current_wal_flush_lsn()")
		until [ "$($psql -c "SELECT coalesce(max(flush_lsn), '0/0') >= '$at' FROM pg_stat_replication
			WHERE application_name = 'pg_receivewal'")" = t ]; do sleep 0.1; done`
	address, err := url.Parse(postgrestest.Server(t).URL(postgrestest.Server(t).Superuser(), d.Name))
	must(t, err)
	address.RawQuery = url.Values{"host": address.Query()["host"], "port": address.Query()["port"]}.Encode() // psql knows no others
	// No wait of the drill is for ever.
	ctx, end := context.WithTimeout(t.Context(), 5*time.Minute)
	defer end()
	drill := exec.CommandContext(ctx, "../../deploy/drill.sh", address.String(), folder, between)
	drill.Env = append(os.Environ(), "DPS_DRILL_ADDRESS="+address.String())
	out, err := drill.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errorText(err))
	}
	var said struct{ Events, Lost int }
	must(t, json.Unmarshal(out, &said))
	if said.Events != before+1 || said.Lost != 0 {
		t.Errorf("%d events before, then %s", before, out)
	}
}

// errorText is what a program wrote about its failure.
func errorText(err error) string {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return string(exit.Stderr)
	}
	return ""
}
