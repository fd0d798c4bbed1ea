// Package explain reads the plans of all statements from what PostgreSQL logs (auto_explain).
package explain

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Statement is a statement as PostgreSQL executed it, whoever sent it: the service, or a function that another statement called.
type Statement struct {
	Text string `json:"Query Text"`
	Plan Node   `json:"Plan"`
}

// Node is a step of a plan, with what it really did.
type Node struct {
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
	Plans     []Node  `json:"Plans"`
}

// Blocks are those that the statement touched, what it called with it.
func (e Statement) Blocks() int { return int(e.Plan.Hit + e.Plan.Read) }

// Rows are those that came out.
func (e Statement) Rows() int { return int(e.Plan.Rows * max(1, e.Plan.Loops)) }

// Role is whose statement it is, as the service writes it down.
func (e Statement) Role() string {
	_, rest, _ := strings.Cut(e.Text, "/* dps_")
	role, _, _ := strings.Cut(rest, " ")
	return role
}

// Each goes through the steps of a plan.
func (n Node) Each(visit func(Node)) {
	visit(n)
	for _, below := range n.Plans {
		below.Each(visit)
	}
}

// Looked is how many rows a step read, including those that it skipped.
func (n Node) Looked() int { return int((n.Rows + n.Filtered + n.Rechecked) * n.Loops) }

// Written is how many rows a step that writes is given.
func (n Node) Written() (most float64) {
	if n.Type != "ModifyTable" {
		return 0
	}
	for _, below := range n.Plans {
		most = max(most, below.Rows)
	}
	return most
}

// Describe is a step in words.
func (n Node) Describe() string {
	if n.Index != "" {
		return fmt.Sprintf("%s of %s (%s)", n.Type, n.Relation, n.Index)
	}
	return n.Type + " of " + n.Relation
}

// Excerpt is the text of a statement as far as a line shows it.
func (e Statement) Excerpt() string {
	text := strings.Join(strings.Fields(e.Text), " ")
	return text[:min(len(text), 160)]
}

// Watch reads plans from the lines of PostgreSQL's log, which are written to it.
type Watch struct {
	mu      sync.Mutex
	partial []byte
	plan    *bytes.Buffer // of the message that is being read
	found   []Statement
	marks   map[string]chan struct{}
	marked  int
}

// NewWatch is one that has read nothing yet.
func NewWatch() *Watch { return &Watch{marks: map[string]chan struct{}{}} }

var (
	planBegins = regexp.MustCompile(`LOG:  duration: [0-9.]+ ms  plan:$`)
	markComes  = regexp.MustCompile(`LOG:  (bench mark [0-9]+)$`)
)

// Write takes lines; those of one message but the first begin with a tab.
func (w *Watch) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := append(w.partial, p...)
	for {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		if !ok {
			w.partial = append(w.partial[:0], rest...)
			return len(p), nil
		}
		w.readLine(line)
		rest = after
	}
}

func (w *Watch) readLine(line []byte) {
	if len(line) > 0 && line[0] == '\t' {
		if w.plan != nil {
			w.plan.Write(line[1:])
			w.plan.WriteByte('\n')
		}
		return
	}
	w.endPlan()
	if planBegins.Match(line) {
		w.plan = &bytes.Buffer{}
	} else if mark := markComes.FindSubmatch(line); mark != nil {
		if come := w.marks[string(mark[1])]; come != nil {
			close(come)
			delete(w.marks, string(mark[1]))
		}
	}
}

// endPlan reads the plan that has come whole.
func (w *Watch) endPlan() {
	if w.plan == nil {
		return
	}
	var e Statement
	if json.Unmarshal(w.plan.Bytes(), &e) == nil {
		w.found = append(w.found, e)
	}
	w.plan = nil
}

// Since are the plans that came since the last time, all of those that were executed by now.
func (w *Watch) Since(ctx context.Context, admin *sql.DB) ([]Statement, error) {
	w.mu.Lock()
	w.marked++
	mark, come := fmt.Sprintf("bench mark %d", w.marked), make(chan struct{})
	w.marks[mark] = come
	w.mu.Unlock()
	if _, err := admin.ExecContext(ctx, "DO $$ BEGIN RAISE LOG '"+mark+"'; END $$"); err != nil {
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
