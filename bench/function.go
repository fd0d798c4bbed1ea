package main

import (
	"context"
	"database/sql"
	_ "embed" // the deeds
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/policy"
)

// deed is what somebody does in the database, to call functions that run with the owner's rights. Each is undone.
type deed struct {
	calls string // the functions, by their names
	steps []step
}

// step is what somebody does in one role, for an organisation.
type step struct {
	role         policy.Role
	person       string
	organisation uuid.UUID
	statements   string
}

//go:embed deeds.sql
var deedsSQL string

// deedBound is what a statement of a deed may cost. A statement that writes touches each index of its table, and what
// its triggers read.
var deedBound = bound{blocks: 800, blocksARow: 60, looked: 200, lookedARow: 20}

// grown are functions whose cost grows with the market, and why nobody waits for them.
var grown = map[string]string{
	"hand_over":            "gives all needs of an authority to its successors, once",
	"succession_cancelled": "drops what was allocated for a succession, once",
	"moments_due":          "asked by the clock's hand alone, in the background",
	"log_age":              "asked by the watch of a process every few seconds; it reads the events behind the last seal",
	"log_horizon":          "asked by the sequencer alone, in the background; it reads the locks that are held",
	"thin_heads":           "asked by the clock's hand alone, in the background",
	"head_has_served":      "asked by thin_heads alone, of heads that are old",
	"document_has_served":  "asked by the clock's hand alone, in the background",
	"kept_since":           "asked by the clock's hand alone, in the background",
	"missing_keys":         "asked once, when a program starts",
}

// deeds are those of deeds.sql, on this size, by people of some organisations.
func (p *dataset) deeds(whose map[string]uuid.UUID) (all []deed) {
	unplaced := p.placements + (16-p.placements%15)%15 // the first of the authority that ended without an award
	text := strings.NewReplacer("{need}", "peer.id('open need', 1)", "{ranked}", "peer.id('need', 106)", "{unplaced}",
		fmt.Sprintf("peer.id('need', %d)", unplaced),
		"{provider}", fmt.Sprintf("peer.id('provider', %d)", looking), "{setting}", fmt.Sprintf("peer.id('setting', %d)", looking),
		"{membership}", fmt.Sprintf("peer.id('membership0 ', %d)", looking), "{me}", "'synthetic.evaluator'").Replace(deedsSQL)
	for _, paragraph := range strings.Split(text, "--= ")[1:] {
		calls, rest, _ := strings.Cut(paragraph, "\n")
		d := deed{calls: calls}
		for _, part := range strings.Split(rest, "--> ")[1:] {
			head, statements, _ := strings.Cut(part, "\n")
			role, organisation, _ := strings.Cut(head, " ")
			s := step{policy.Role(role), "synthetic.evaluator", whose[organisation], statements}
			if s.organisation == uuid.Nil {
				s.person = ""
			}
			d.steps = append(d.steps, s)
		}
		all = append(all, d)
	}
	return all
}

// do does a deed, judges its statements and undoes it.
func (p *dataset) do(ctx context.Context, conn *sql.Conn, d deed) (wrong []string, err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() {
		_, undone := conn.ExecContext(ctx, "ROLLBACK")
		err = errors.Join(err, undone)
	}()
	for _, s := range d.steps {
		organisation := ""
		if s.organisation != uuid.Nil {
			organisation = s.organisation.String()
		}
		if _, err := conn.ExecContext(ctx, "RESET ROLE"); err != nil {
			return nil, err
		}
		if _, err := conn.ExecContext(ctx, "SELECT dps.enter($1, $2, $3, '', 0)", s.role.Database(), s.person, organisation); err != nil {
			return nil, err
		}
		if _, err := conn.ExecContext(ctx, s.statements); err != nil {
			return nil, fmt.Errorf("%s: %w", d.calls, err)
		}
	}
	statements, err := p.watch.Since(ctx, p.admin)
	b := deedBound
	if strings.Contains(d.calls, "open_spending") {
		b = others["Query.openPlacesByRoute"]
	}
	for _, s := range statements {
		wrong = append(wrong, judge(d.calls, b, s)...)
	}
	return wrong, err
}

// called does every deed, and reports which of the owner's functions nobody has called.
func (p *dataset) called(ctx context.Context) (wrong []string, err error) {
	var lead, consortium, authority uuid.UUID
	if err := p.admin.QueryRowContext(ctx,
		`SELECT (SELECT authority_id FROM dps.market LIMIT 1), (SELECT id FROM dps.organisation WHERE kind = 'CONSORTIUM'),
		(SELECT id FROM peer.authority WHERE seq = 1)`).Scan(&lead, &consortium, &authority); err != nil {
		return nil, err
	}
	pool, err := sql.Open("postgres", p.databaseURL("dps_api"))
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SET search_path = dps"); err != nil {
		return nil, err
	}
	var names []string
	whose := map[string]uuid.UUID{"authority": authority, "lead": lead, "consortium": consortium, "provider": dataID("provider", looking)}
	for _, d := range p.deeds(whose) {
		names = append(names, strings.Fields(d.calls)...)
		for range 2 { // what is read once a session is read the first time
			if wrong, err = p.doAgain(ctx, conn, d, wrong); err != nil {
				return nil, err
			}
		}
	}
	rows, err := p.admin.QueryContext(ctx,
		"SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'dps'::regnamespace AND prosecdef ORDER BY 1")
	if err != nil {
		return nil, err
	}
	for _, name := range scanColumn[string](rows) {
		if grown[name] == "" && !slices.Contains(names, name) {
			wrong = append(wrong, name+": nobody calls this function here")
		}
	}
	return wrong, nil
}

// doAgain does a deed once more: what is said of it is of the last time.
func (p *dataset) doAgain(ctx context.Context, conn *sql.Conn, d deed, others []string) ([]string, error) {
	others = slices.DeleteFunc(others, func(s string) bool { return strings.HasPrefix(s, d.calls+":") })
	wrong, err := p.do(ctx, conn, d)
	return append(others, wrong...), err
}
