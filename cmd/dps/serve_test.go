package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
)

const interrupt, terminate, kill = syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL

// addressOf is the address that a program serves at, from the line in which it says so.
func addressOf(t testing.TB, line string) string {
	t.Helper()
	var said struct{ Address string }
	must(t, json.Unmarshal([]byte(line), &said))
	return said.Address
}

func fetchURL(t testing.TB, method, url, authorization, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	must(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, string(answer)
}

// TestServeAnswersUntilStopped: it answers a token of its development key, says that it is well, and ends when it is
// told to.
func TestServeAnswersUntilStopped(t *testing.T) {
	d := dbtest.New(t)
	args := servingArguments(t, loginURL(t, "dps_api", d.Name), "--worker-database-url", loginURL(t, "dps_worker", d.Name))
	token := strings.TrimSpace(runDPS(t, tokenArguments(args[4])...).requireSuccess(t).out)
	for _, signal := range []os.Signal{terminate, interrupt} {
		r := startDPS(t, args...)
		address := addressOf(t, r.waitForLine(`"serving"`))
		if status, body := fetchURL(t, http.MethodGet, "http://"+address+"/healthz", "", ""); status != http.StatusOK || body != "ok\n" {
			t.Errorf("health: %d %s", status, body)
		}
		if status, body := fetchURL(t, http.MethodPost, "http://"+address+"/graphql", "Bearer "+token,
			`{"query":"{ viewer { person capacity } }"}`); status != http.StatusOK ||
			!strings.Contains(body, `"synthetic.person"`) || !strings.Contains(body, `"commissioner"`) {
			t.Errorf("viewer: %d %s", status, body)
		}
		if code := r.signalAndWait(signal); code != 0 {
			t.Errorf("%s: exit code %d: %s", signal, code, r.outputSoFar())
		}
	}
}

// TestServeSaysThatItIsAboutToStop: it is not ready any more, and answers all the same, until the time to drain has passed.
func TestServeSaysThatItIsAboutToStop(t *testing.T) {
	d := dbtest.New(t)
	r := startDPS(t, append(servingArguments(t, loginURL(t, "dps_api", d.Name)), "--drain", "1h")...)
	base := "http://" + addressOf(t, r.waitForLine(`"serving"`))
	require := func(path string, want int) {
		t.Helper()
		if status, body := fetchURL(t, http.MethodGet, base+path, "", ""); status != want {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	require("/livez", http.StatusOK)
	require("/readyz", http.StatusOK)
	must(t, r.Process.Signal(terminate))
	r.waitForLine(`"about to stop"`)
	require("/readyz", http.StatusServiceUnavailable)
	require("/livez", http.StatusOK)
	if status, body := fetchURL(t, http.MethodPost, base+"/graphql", "", `{"query":"{ viewer { capacity } }"}`); status != http.StatusOK {
		t.Errorf("a request while it drains: %d %s", status, body)
	}
}

// TestServeRefusesATakenAddress: an address that is taken or wrong is reported at once.
func TestServeRefusesATakenAddress(t *testing.T) {
	d := dbtest.New(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	for _, command := range [][]string{servingArguments(t, loginURL(t, "dps_api", d.Name)), {"demo", "--folder", t.TempDir()}} {
		for address, words := range map[string]string{
			taken.Addr().String(): "another program is listening at " + taken.Addr().String(),
			"nowhere":             "host:port", "127.0.0.1:99999": "host:port", "192.0.2.1:0": "host:port",
		} {
			runDPS(t, append(command, "--address", address)...).requireRefused(t, words)
		}
	}
}
