package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
)

// TestServeIsSeenAndNamesNobody: an id for each request in answer, error and log, metrics at their own address, and nothing that a caller
// wrote in any of them.
func TestServeIsSeenAndNamesNobody(t *testing.T) {
	const canary = "Zebediah-Synthetic"
	d := dbtest.New(t)
	r := startDPS(t, append(servingArguments(t, loginURL(t, "dps_api", d.Name)), "--admin-address", "127.0.0.1:0", "--access-log")...)
	var admin struct{ At string }
	must(t, json.Unmarshal([]byte(r.waitForLine(`"serving metrics"`)), &admin))
	base := "http://" + addressOf(t, r.waitForLine(`"serving"`))
	ask := func(id, token, query string) (*http.Response, string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/graphql", strings.NewReader(query))
		must(t, err)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set(requestIDHeader, id)
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		defer response.Body.Close()
		var answer struct {
			Errors []struct{ Extensions struct{ RequestID string } }
		}
		must(t, json.NewDecoder(response.Body).Decode(&answer))
		if len(answer.Errors) == 0 {
			return response, ""
		}
		return response, answer.Errors[0].Extensions.RequestID
	}
	query := `{"query":"query { viewer { capacity } } # ` + canary + `"}`
	if response, _ := ask("synthetic-request-1", "", query); response.Header.Get(requestIDHeader) != "synthetic-request-1" {
		t.Errorf("the caller's id is not used: %v", response.Header)
	}
	if response, _ := ask(canary+" not an id", "", query); len(response.Header.Get(requestIDHeader)) != 36 {
		t.Errorf("a new id: %v", response.Header)
	}
	if response, inError := ask("synthetic-request-2", canary, query); response.StatusCode != http.StatusUnauthorized ||
		inError != "synthetic-request-2" {
		t.Errorf("%s, and the error names the request %q", response.Status, inError)
	}
	line := r.waitForLine(`"synthetic-request-2"`)
	if !strings.Contains(line, `"status":401`) || !strings.Contains(line, `"route":"graphql"`) {
		t.Errorf("the log says %s", line)
	}
	status, metrics := fetchURL(t, http.MethodGet, "http://"+admin.At+"/metrics", "", "")
	for _, want := range []string{
		`dps_request_seconds_count{route="graphql",status="200"} 2`, `dps_callers_refused_total{cause="the token is malformed"} 1`, "dps_ready 1",
		`dps_errors_total{code="UNAUTHENTICATED"} 1`, "dps_pool_waits_total", "dps_log_unsealed_seconds", "dps_requests_shed_total",
	} {
		if status != http.StatusOK || !strings.Contains(metrics, want) {
			t.Errorf("%d: the metrics have no %s", status, want)
		}
	}
	if strings.Contains(metrics+r.outputSoFar(), canary) {
		t.Error("what a caller wrote is in the log or in the metrics")
	}
	if status, _ := fetchURL(t, http.MethodGet, base+"/metrics", "", ""); status != http.StatusNotFound {
		t.Errorf("everybody reads the metrics: %d", status)
	}
}

// TestSecretsComeFromFiles: the address of a database, with its password, is read from a file that the environment names.
func TestSecretsComeFromFiles(t *testing.T) {
	d := dbtest.New(t)
	path := filepath.Join(t.TempDir(), "address")
	must(t, os.WriteFile(path, []byte(loginURL(t, "dps_api", d.Name)+"\n"), 0o600))
	args := servingArguments(t, "")
	cmd := args[:0:0]
	for i := 0; i < len(args); i++ {
		if args[i] == "--database-url" {
			i++
			continue
		}
		cmd = append(cmd, args[i])
	}
	r := startDPSWith(t, []string{"DPS_DATABASE_URL_FILE=" + path}, cmd...)
	r.waitForLine(`"serving"`)
}

func TestVersionAndLogLevel(t *testing.T) {
	var said version
	must(t, json.Unmarshal([]byte(runDPS(t, "version", "--json").requireSuccess(t).out), &said))
	if said.Schema == 0 || said.Policy == "" || said.Go == "" {
		t.Errorf("%+v", said)
	}
	runDPS(t, "--log-level", "loud", "version").requireRefused(t, "debug, info, warn or error")
}
