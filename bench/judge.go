package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/bench/explain"
)

// bound is what a statement may cost: blocks and rows read, for itself and for each resulting row. No bound depends on
// the size of the market.
type bound struct {
	blocks, blocksARow float64
	looked, lookedARow float64
	why                string // where it is not the usual one
}

// usual is for a page of twenty with what belongs to it: an index finds a row in four blocks, and rights need others.
var usual = bound{blocks: 900, blocksARow: 15, looked: 250, lookedARow: 20}

// merged is for readers of a page of each borough, or of what they are appointed to as well as what is their
// authority's.
var merged = bound{blocks: 2000, blocksARow: 25, looked: 400, lookedARow: 20}

// mergers are their roles.
var mergers = []string{"consortium_officer", "opening_officer", "evaluator", "moderator"}

// small is how many blocks of a table may be read whole: below that, an index saves nothing.
const small = 150

// cheap is how many blocks a question may touch on all of the data, however few it touches on a tenth: there PostgreSQL reads
// a small table whole, or sorts the few rows of one reader.
const cheap = 250

// others are the bounds of what costs more, or grows, and why.
var others = map[string]bound{
	"Offer.scores": {
		900, 40, 400, 40,
		"whether scores are shown is asked of each (scores_locked), for sheets, need, procedure and interests",
	},
	"Query.openPlacesByRoute": {2000, 50, 100000, 0, "figures of all places of eight quarters, from an index alone"},
	"Query.placesByRoute":     {600, 50, 10000, 0, "figures of all places of an authority in eight quarters, from an index alone"},
	"Query.awardNotices": {
		2000, 25, 400, 20,
		"an award owes one or two: on a tenth, four awards are the eight rows of a page; on all, twenty-one are its twenty-one",
	},
	"Query.toDo": {9000, 20, 3000, 20, "each open need of a provider's lots, of which it shows the first hundred"},
}

// bare are fields that no data of the bench show, and why they need no plan of their own.
var bare = map[string]string{
	"Invitation.settings":      "of those that an urgent need was broadcast to; a page of needs has more invitations than one answer may hold",
	"Agreement.predecessor":    "an organisation by its id, as others",
	"Market.applicationPeriod": "comes with its row",
	"Notice.applicationPeriod": "comes with its row",
	"Notice.rules":             "comes with its row",
}

func boundOf(field string, s explain.Statement) bound {
	if b, ok := others[field]; ok {
		return b
	}
	if slices.Contains(mergers, s.Role()) {
		return merged
	}
	return usual
}

// judge says what is wrong with a statement of a question.
func judge(name string, b bound, s explain.Statement) (wrong []string) {
	if strings.HasPrefix(s.Text, "/* any */") { // calls another, which is judged
		return nil
	}
	rows := float64(max(s.Rows(), 1))
	s.Plan.Each(func(n explain.Node) { // what a statement writes comes out of a step below
		rows = max(rows, n.Written())
	})
	if allowed := b.blocks + b.blocksARow*rows; float64(s.Blocks()) > allowed {
		wrong = append(wrong, fmt.Sprintf("%s: a statement touches %d blocks for %.0f rows, where %.0f are allowed: %s", name, s.Blocks(),
			rows, allowed, s.Excerpt()))
	}
	allowed := b.looked + b.lookedARow*rows
	s.Plan.Each(func(n explain.Node) {
		if n.Relation != "" && float64(n.Looked()) > allowed && (n.Hit+n.Read > small || n.Looked() > 6000) {
			wrong = append(wrong, fmt.Sprintf("%s: %s looks at %d rows for %.0f, where %.0f are allowed: %s", name, n.Describe(), n.Looked(),
				rows, allowed, s.Excerpt()))
		}
	})
	return wrong
}

// watchPlans judges every list, edge and function on this size, and on the full size whether any grows with the market.
func (c *benchRun) watchPlans(ctx context.Context) error {
	quiet := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil))) // what goes wrong is told at the end
	defer slog.SetDefault(quiet)
	if c.without != "" {
		again, err := c.data.drop(ctx, c.without)
		if err != nil {
			return err
		}
		defer again()
	}
	looks, err := c.data.judged(ctx, c.size, c.only)
	if err != nil || c.size != "full" {
		return err
	}
	tenth, err := openDataset(ctx, c.folder, "tenth")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tenth.closeDataset()) }()
	few, err := tenth.looked(ctx, "tenth", c.only) // PostgreSQL reads small tables whole; what is judged is how the costs grow
	if err != nil {
		return err
	}
	return complain("grow with the market", growing(few, looks))
}

// drop drops an index, and gives back what makes it again.
func (p *dataset) drop(ctx context.Context, index string) (again func(), err error) {
	var made string
	if err := p.admin.QueryRowContext(ctx, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'dps' AND indexname = $1",
		index).Scan(&made); err != nil {
		return nil, fmt.Errorf("index %s: %w", index, err)
	}
	_, err = p.admin.ExecContext(ctx, "DROP INDEX dps."+pq.QuoteIdentifier(index))
	return func() {
		if _, err := p.admin.ExecContext(context.WithoutCancel(ctx), made); err != nil {
			fmt.Println("the index was not made again:", err)
		}
	}, err
}

// judged looks at everything and says what is wrong with it.
func (p *dataset) judged(ctx context.Context, size, only string) (looks []look, err error) {
	if looks, err = p.looked(ctx, size, only); err != nil {
		return nil, err
	}
	wrong := wrongIn(looks, size == "full" && only == "")
	if strings.Contains("functions", only) {
		functions, err := p.functions(ctx, size)
		if err != nil {
			return nil, err
		}
		wrong = append(wrong, functions...)
	}
	return looks, complain("have a wrong plan", wrong)
}

// looked looks at everything that readers see.
func (p *dataset) looked(ctx context.Context, size, only string) (looks []look, err error) {
	err = p.explained(ctx, size, func() (err error) {
		looks, err = p.look(ctx, only, size == "short")
		return err
	})
	return looks, err
}

// functions does what calls the owner's functions.
func (p *dataset) functions(ctx context.Context, size string) (wrong []string, err error) {
	err = p.explained(ctx, size, func() (err error) {
		wrong, err = p.called(ctx)
		return err
	})
	return wrong, err
}

// explained lets PostgreSQL write plans down meanwhile.
func (p *dataset) explained(ctx context.Context, size string, do func() error) error {
	begin := explaining
	if size == "short" {
		begin += ";" + fromIndexes
	}
	if _, err := p.admin.ExecContext(ctx, begin); err != nil {
		return err
	}
	failed := do()
	_, reset := p.admin.ExecContext(context.WithoutCancel(ctx), unexplained)
	return errors.Join(failed, reset)
}

// wrongIn is what is wrong with the looks; on all of the data there is something to look at everywhere.
func wrongIn(looks []look, everywhere bool) (wrong []string) {
	found, statements := map[string]bool{}, 0
	for _, l := range looks {
		found[l.field] = found[l.field] || l.found
		statements += len(l.statements)
		if l.problem != "" && !strings.HasPrefix(l.problem, "LIMIT_EXCEEDED") { // who asks for too much is refused, at the cost of what was read
			wrong = append(wrong, l.name()+": "+l.problem)
		}
		for _, s := range l.statements {
			wrong = append(wrong, judge(l.name(), boundOf(l.field, s), s)...)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(found)) {
		if everywhere && !found[field] && bare[field] == "" {
			wrong = append(wrong, field+": there is nothing to look at")
		}
	}
	fmt.Printf("plans: %d fields, asked in %d ways with %d statements; the costliest:\n", len(found), len(looks), statements)
	costly := slices.SortedFunc(slices.Values(looks), func(a, b look) int { return b.blocks() - a.blocks() })
	for _, l := range costly[:min(len(costly), 12)] {
		fmt.Printf("  %6d blocks, %5d rows: %s\n", l.blocks(), l.rows(), l.name())
	}
	return wrong
}

// growing compares the cost of the same question on a tenth of the data.
func growing(few, many []look) (wrong []string) {
	small := map[string]look{}
	for _, l := range few {
		small[l.who+l.text] = l
	}
	for _, l := range many {
		was, ok := small[l.who+l.text]
		if !ok || others[l.field].why != "" {
			continue
		}
		if l.blocks() <= cheap {
			continue
		}
		// An index of ten times as many rows is a block deeper, and a larger lot has more members to show.
		before, after := float64(was.blocks())/float64(was.rows()+20), float64(l.blocks())/float64(l.rows()+20)
		if after > 1.7*before+2 {
			wrong = append(wrong, fmt.Sprintf("%s: %d blocks for %d rows on a tenth, %d for %d on all", l.name(), was.blocks(),
				was.rows(), l.blocks(), l.rows()))
		}
	}
	return wrong
}

func complain(what string, wrong []string) error {
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	wrong = slices.Compact(wrong)
	return fmt.Errorf("%d %s:\n%s", len(wrong), what, strings.Join(wrong, "\n"))
}
