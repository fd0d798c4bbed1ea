package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/record"
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
