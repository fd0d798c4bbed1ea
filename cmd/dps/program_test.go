package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// asProgram makes this test binary behave as the program itself, including signals and exit code.
const asProgram = "DPS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	postgrestest.Main(m)
}

// programCommand is the program as a process of its own, with nothing configured.
func programCommand(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	must(t, err)
	cmd := exec.Command(path, args...)
	cmd.Env = []string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	cmd.Dir = t.TempDir()
	return cmd
}

// programResult is what a program wrote and how it ended.
type programResult struct {
	out, err string
	code     int
}

// hangLimit stops a program that hangs. Nothing waits that long when all is well.
const hangLimit = time.Hour

// runDPS runs the program to its end.
func runDPS(t testing.TB, args ...string) programResult {
	t.Helper()
	cmd := programCommand(t, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	must(t, cmd.Start())
	hanging := time.AfterFunc(hangLimit, func() { _ = cmd.Process.Kill() })
	defer hanging.Stop()
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return programResult{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// requireSuccess fails the test unless the program did what it was asked.
func (e programResult) requireSuccess(t testing.TB) programResult {
	t.Helper()
	if e.code != 0 {
		t.Fatalf("exit code %d: %s", e.code, e.err)
	}
	return e
}

var internalDetail = regexp.MustCompile(`goroutine|\.go:\d|panic|0x[0-9a-f]|pq: |dial |runtime error|%!`)

// requireRefused fails the test unless the program ended with 1 and one plain sentence that holds some words and no secret.
func (e programResult) requireRefused(t testing.TB, words ...string) {
	t.Helper()
	sentence, ok := strings.CutSuffix(e.err, "\n")
	if e.code != 1 || !ok || strings.Contains(sentence, "\n") || !strings.HasPrefix(sentence, "dps: ") ||
		internalDetail.MatchString(sentence) {
		t.Errorf("exit code %d, and not one plain sentence:\n%s", e.code, e.err)
	}
	for _, word := range words {
		if !strings.Contains(sentence, word) {
			t.Errorf("the sentence does not say %q:\n%s", word, e.err)
		}
	}
	if strings.Contains(e.err+e.out, secretPassword) {
		t.Errorf("a password is told:\n%s", e.err)
	}
}

// secretPassword is the password in every address of these tests.
const secretPassword = "synthetic-pass-word"

// runningProgram is a program that keeps running.
type runningProgram struct {
	*exec.Cmd
	t     testing.TB
	mu    sync.Mutex
	said  strings.Builder
	lines chan string
	ended chan struct{} // closed when it has ended
	err   error         // how, valid after over
}

// startDPS starts the program and reads what it writes.
func startDPS(t testing.TB, args ...string) *runningProgram { return startDPSWith(t, nil, args...) }

// startDPSWith starts the program with more in its environment.
func startDPSWith(t testing.TB, environment []string, args ...string) *runningProgram {
	t.Helper()
	cmd := programCommand(t, args...)
	cmd.Env = append(cmd.Env, environment...)
	r := &runningProgram{Cmd: cmd, t: t, lines: make(chan string, 10000), ended: make(chan struct{})}
	pipe, err := r.StdoutPipe()
	must(t, err)
	r.Stderr = r.Stdout
	must(t, r.Start())
	t.Cleanup(func() { _ = r.Process.Kill(); <-r.ended })
	go func() {
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			r.mu.Lock()
			r.said.WriteString(lines.Text() + "\n")
			r.mu.Unlock()
			r.lines <- lines.Text()
		}
		close(r.lines)
		r.err = r.Wait()
		close(r.ended)
	}()
	return r
}

func (r *runningProgram) outputSoFar() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.String()
}

// waitForLine waits for a line with these words.
func (r *runningProgram) waitForLine(words string) string {
	r.t.Helper()
	hanging := time.After(hangLimit)
	for {
		select {
		case line, ok := <-r.lines:
			if strings.Contains(line, words) {
				return line
			}
			if !ok {
				r.t.Fatalf("it ended and did not say %q:\n%s", words, r.outputSoFar())
			}
		case <-hanging:
			r.t.Fatalf("it does not say %q:\n%s", words, r.outputSoFar())
		}
	}
}

// signalAndWait sends a signal and waits for the end.
func (r *runningProgram) signalAndWait(signal os.Signal) int {
	r.t.Helper()
	must(r.t, r.Process.Signal(signal))
	select {
	case <-r.ended:
	case <-time.After(hangLimit):
		r.t.Fatalf("it does not end:\n%s", r.outputSoFar())
	}
	return r.ProcessState.ExitCode()
}

// processesIn counts the processes that work in a folder or below: PostgreSQL's do.
func processesIn(t testing.TB, dir string) (count int) {
	t.Helper()
	works, err := filepath.Glob("/proc/[0-9]*/cwd")
	must(t, err)
	for _, link := range works {
		if at, err := os.Readlink(link); err == nil && (at == dir || strings.HasPrefix(at, dir+"/")) {
			count++
		}
	}
	return count
}

// waitForNoProcesses waits until nothing works in a folder any more.
func waitForNoProcesses(t testing.TB, dir string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(hangLimit)
	for processesIn(t, dir) > 0 {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%d processes are left", processesIn(t, dir))
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
