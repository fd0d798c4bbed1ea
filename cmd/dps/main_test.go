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

// asProgram tells this test binary to be the program itself, signals, exit code and all.
const asProgram = "DPS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	postgrestest.Main(m)
}

// program is the program as a process of its own, with nothing configured.
func program(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	must(t, err)
	cmd := exec.Command(path, args...)
	cmd.Env = []string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	cmd.Dir = t.TempDir()
	return cmd
}

// ended is what a program said and how it ended.
type ended struct {
	out, err string
	code     int
}

// longest is a bound for a program that hangs; nothing waits so long that goes well.
const longest = time.Hour

// dps runs the program to its end.
func dps(t testing.TB, args ...string) ended {
	t.Helper()
	cmd := program(t, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	must(t, cmd.Start())
	hanging := time.AfterFunc(longest, func() { _ = cmd.Process.Kill() })
	defer hanging.Stop()
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ended{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// done fails the test unless the program did what it was asked.
func (e ended) done(t testing.TB) ended {
	t.Helper()
	if e.code != 0 {
		t.Fatalf("exit code %d: %s", e.code, e.err)
	}
	return e
}

var inner = regexp.MustCompile(`goroutine|\.go:\d|panic|0x[0-9a-f]|pq: |dial |runtime error|%!`)

// refused fails the test unless the program ended with 1 and one plain sentence that holds some words and no secret.
func (e ended) refused(t testing.TB, words ...string) {
	t.Helper()
	sentence, single := strings.CutSuffix(e.err, "\n")
	if e.code != 1 || !single || strings.Contains(sentence, "\n") || !strings.HasPrefix(sentence, "dps: ") || inner.MatchString(sentence) {
		t.Errorf("exit code %d, and not one plain sentence:\n%s", e.code, e.err)
	}
	for _, word := range words {
		if !strings.Contains(sentence, word) {
			t.Errorf("the sentence does not say %q:\n%s", word, e.err)
		}
	}
	if strings.Contains(e.err+e.out, secret) {
		t.Errorf("a password is told:\n%s", e.err)
	}
}

// secret is the password in every address of these tests.
const secret = "synthetic-pass-word"

// running is a program that goes on.
type running struct {
	*exec.Cmd
	t     testing.TB
	mu    sync.Mutex
	said  strings.Builder
	lines chan string
	over  chan struct{} // closed when it has ended
	err   error         // how, valid after over
}

// start starts the program and hears what it says.
func start(t testing.TB, args ...string) *running {
	t.Helper()
	r := &running{Cmd: program(t, args...), t: t, lines: make(chan string, 10000), over: make(chan struct{})}
	pipe, err := r.StdoutPipe()
	must(t, err)
	r.Stderr = r.Stdout
	must(t, r.Start())
	t.Cleanup(func() { _ = r.Process.Kill(); <-r.over })
	go func() {
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			r.mu.Lock()
			r.said.WriteString(lines.Text() + "\n")
			r.mu.Unlock()
			r.lines <- lines.Text()
		}
		close(r.lines)
		r.err = r.Wait()
		close(r.over)
	}()
	return r
}

func (r *running) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.String()
}

// until waits for a line with these words.
func (r *running) until(words string) string {
	r.t.Helper()
	hanging := time.After(longest)
	for {
		select {
		case line, more := <-r.lines:
			if strings.Contains(line, words) {
				return line
			}
			if !more {
				r.t.Fatalf("it ended and did not say %q:\n%s", words, r.all())
			}
		case <-hanging:
			r.t.Fatalf("it does not say %q:\n%s", words, r.all())
		}
	}
}

// end sends a signal and waits for the end.
func (r *running) end(signal os.Signal) int {
	r.t.Helper()
	must(r.t, r.Process.Signal(signal))
	select {
	case <-r.over:
	case <-time.After(longest):
		r.t.Fatalf("it does not end:\n%s", r.all())
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

// noneLeft waits until nothing works in a folder any more.
func noneLeft(t testing.TB, dir string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(longest)
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
