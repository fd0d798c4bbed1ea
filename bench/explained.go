package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
)

// explained is a statement as PostgreSQL executed it, whoever sent it: the service, or a function that another statement called.
type explained struct {
	Text string `json:"Query Text"`
	Plan node   `json:"Plan"`
}

// node is a step of a plan, with what it really did.
type node struct {
	Type      string  `json:"Node Type"`
	Operation string  `json:"Operation"`
	Relation  string  `json:"Relation Name"`
	Index     string  `json:"Index Name"`
	Condition string  `json:"Index Cond"`
	Order     string  `json:"Order By"`
	Rows      float64 `json:"Actual Rows"`
	Loops     float64 `json:"Actual Loops"`
	Filtered  float64 `json:"Rows Removed by Filter"`
	Rechecked float64 `json:"Rows Removed by Index Recheck"`
	Hit       float64 `json:"Shared Hit Blocks"`
	Read      float64 `json:"Shared Read Blocks"`
	Plans     []node  `json:"Plans"`
}

// blocks are those that the statement touched, what it called with it.
func (e explained) blocks() int { return int(e.Plan.Hit + e.Plan.Read) }

// rows are those that came out.
func (e explained) rows() int { return int(e.Plan.Rows * max(1, e.Plan.Loops)) }

// role is whose statement it is, as the service writes it down.
func (e explained) role() string {
	_, rest, _ := strings.Cut(e.Text, "/* dps_")
	role, _, _ := strings.Cut(rest, " ")
	return role
}

// each goes through the steps of a plan.
func (n node) each(visit func(node)) {
	visit(n)
	for _, below := range n.Plans {
		below.each(visit)
	}
}

// looked is how many rows a step read, including those that it skipped.
func (n node) looked() int { return int((n.Rows + n.Filtered + n.Rechecked) * n.Loops) }

// watch reads plans from what PostgreSQL writes down (auto_explain).
type watch struct {
	mu      sync.Mutex
	partial []byte
	plan    *bytes.Buffer // of the message that is being read
	found   []explained
	marks   map[string]chan struct{}
	marked  int
}

func newWatch() *watch { return &watch{marks: map[string]chan struct{}{}} }

var (
	planBegins = regexp.MustCompile(`LOG:  duration: [0-9.]+ ms  plan:$`)
	markComes  = regexp.MustCompile(`LOG:  (bench mark [0-9]+)$`)
)

// Write takes lines; those of one message but the first begin with a tab.
func (w *watch) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := append(w.partial, p...)
	for {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		if !ok {
			w.partial = append(w.partial[:0], rest...)
			return len(p), nil
		}
		w.line(line)
		rest = after
	}
}

func (w *watch) line(line []byte) {
	if len(line) > 0 && line[0] == '\t' {
		if w.plan != nil {
			w.plan.Write(line[1:])
			w.plan.WriteByte('\n')
		}
		return
	}
	w.end()
	if planBegins.Match(line) {
		w.plan = &bytes.Buffer{}
	} else if mark := markComes.FindSubmatch(line); mark != nil {
		if come := w.marks[string(mark[1])]; come != nil {
			close(come)
			delete(w.marks, string(mark[1]))
		}
	}
}

// end reads the plan that has come whole.
func (w *watch) end() {
	if w.plan == nil {
		return
	}
	var e explained
	if json.Unmarshal(w.plan.Bytes(), &e) == nil {
		w.found = append(w.found, e)
	}
	w.plan = nil
}

// since are the plans that came since the last time, all of those that were executed by now.
func (w *watch) since(ctx context.Context, at *dataset) ([]explained, error) {
	w.mu.Lock()
	w.marked++
	mark, come := fmt.Sprintf("bench mark %d", w.marked), make(chan struct{})
	w.marks[mark] = come
	w.mu.Unlock()
	if _, err := at.admin.ExecContext(ctx, "DO $$ BEGIN RAISE LOG '"+mark+"'; END $$"); err != nil {
		return nil, err
	}
	select {
	case <-come:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(time.Minute):
		return nil, fmt.Errorf("PostgreSQL's notes do not come: %s", mark)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	found := w.found
	w.found = nil
	return found, nil
}
