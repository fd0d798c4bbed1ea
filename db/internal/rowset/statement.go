package rowset

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/session"
)

// query is what a reader asks of a table, less what its rows bring.
type query struct {
	table  *table
	where  string // a condition; "" for none
	order  string // of the rows; "" for none
	keeps  string // names of columns, with a comma behind each, that are read whatever is selected
	limit  int    // of rows; 0 for the bound of the view
	shown  int    // of the rows, the first ones, that are shown and so have their lists; 0 for all
	parent string // the expression by which rows belong to one of the parents $1, each of which has the limit for itself; "" for none
	near   string // the expression by which an index gives the rows, where it does not know the rest of the order; "" where it does
}

// statementKey names a statement of a selection.
type statementKey struct {
	query
	role  string
	bound int
}

// statement reads lists of rows at once, one for each source.
type statement struct {
	text    string
	sources []*source
	layouts []*session.Layout
}

// source is one list of rows in a statement: the rows that are asked for, first, or rows that belong to those of other sources.
type source struct {
	name, text string
	table      *table
	layout     *session.Layout
	list       *list   // the list of another source's rows that it is; nil if it is not a list
	of         *source // whose lists
	shown      int     // of its own rows, that have lists; 0 for all
	named      []naming
}

// naming is that the rows of a source name these, by a column.
type naming struct {
	by *source
	parent
}

// statement makes what reads a query with all that its rows bring.
func (s *Selection) statement(q query, can grants, role string, bound int) *statement {
	key := statementKey{q, role, bound}
	if known, ok := s.statements.Get(key); ok {
		return known
	}
	b := builder{selection: s, can: can, bound: bound}
	base := b.add(&source{table: q.table, shown: q.shown})
	columns, layout := q.table.choose(func(c *column) bool { return s.wants(q.table, c) || strings.Contains(q.keeps, c.name+",") }, can)
	base.text, base.layout = q.text(columns, bound), layout
	b.lists(base)
	b.parents()
	made := b.statement()
	s.statements.Add(key, made)
	return made
}

// text is the query of the rows that are asked for.
func (q query) text(columns string, bound int) string {
	from := "SELECT " + columns + " FROM " + q.table.from
	switch {
	case q.near != "": // all that are as far as the last are read, and put in order
		return fmt.Sprintf("SELECT * FROM (%s%s ORDER BY %s FETCH FIRST %d ROWS WITH TIES) found ORDER BY %s LIMIT %[4]d", from, where(q.where),
			q.near, q.limit, q.order)
	case q.parent != "":
		return "SELECT x.* FROM unnest($1::uuid[]) AS parent(id) CROSS JOIN LATERAL (" + from + where(q.parent+" = parent.id", q.where) +
			order(q.order) + limit(q.limit) + ") x" + limit(most(bound))
	case q.limit > 0:
		return from + where(q.where) + order(q.order) + limit(q.limit)
	}
	return from + where(q.where) + order(q.order) + limit(most(bound))
}

// most is one row more than a bound, so that more is found out; zero for no bound.
func most(bound int) int {
	if bound > 0 {
		return bound + 1
	}
	return 0
}

func limit(rows int) string {
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf(" LIMIT %d", rows)
}

func order(by string) string {
	if by == "" {
		return ""
	}
	return " ORDER BY " + by
}

func where(conditions ...string) string {
	conditions = slices.DeleteFunc(conditions, func(c string) bool { return c == "" })
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

// builder adds to a statement what the rows of its sources bring. Each table is there once: what is in it already is found by its id, and
// what is not is read when it is asked for.
type builder struct {
	selection *Selection
	can       grants
	bound     int
	sources   []*source
}

func (b *builder) add(s *source) *source {
	s.name = fmt.Sprintf("%s_%d", s.table.name, len(b.sources)+1)
	b.sources = append(b.sources, s)
	return s
}

func (b *builder) find(t *table) *source {
	for _, s := range b.sources {
		if s.table == t {
			return s
		}
	}
	return nil
}

// columns are those of a table that are read for the selection.
func (b *builder) columns(t *table) (string, *session.Layout) {
	return t.choose(func(c *column) bool { return b.selection.wants(t, c) }, b.can)
}

// lists adds the lists that belong to the rows of a source, and those of their rows.
func (b *builder) lists(of *source) {
	for _, c := range of.table.children {
		if t := c.list.table; !b.selection.brings(of.table, c.field) || !b.can.reads(t) || b.find(t) != nil {
			continue
		}
		s := b.add(&source{table: c.list.table, list: c.list, of: of})
		columns, layout := b.columns(s.table)
		s.layout = layout
		s.text = "SELECT " + columns + " FROM " + s.table.from + " WHERE " + c.list.key.sql + " = ANY (ARRAY(SELECT id FROM " + of.name +
			limit(of.shown) + "))" +
			order(c.list.ordered(b.can)) + limit(most(b.bound))
		b.lists(s)
	}
}

// parents adds the rows that the rows of sources name, each once, and those that they name.
func (b *builder) parents() {
	first := len(b.sources)
	for i := 0; i < len(b.sources); i++ {
		s := b.sources[i]
		for _, p := range s.table.parents {
			if !b.selection.brings(s.table, p.field) || !b.can.reads(p.table) {
				continue
			}
			of := b.find(p.table)
			if of == nil {
				of = b.add(&source{table: p.table})
			} else if of.named == nil {
				continue
			}
			of.named = append(of.named, naming{s, p})
		}
	}
	slices.SortStableFunc(b.sources[first:], func(a, c *source) int { return c.table.rank() - a.table.rank() }) // SQL reads what stands before
}

// byKey is the query of the rows that the rows of other sources name.
func (b *builder) byKey(s *source) {
	keys := make([]string, len(s.named))
	for i, n := range s.named {
		keys[i] = "SELECT " + n.column + " FROM " + n.by.name
	}
	columns, layout := b.columns(s.table)
	s.layout = layout
	s.text = "SELECT " + columns + " FROM " + s.table.from + " WHERE " + s.table.column("id").sql + " = ANY (ARRAY(" +
		strings.Join(keys, " UNION ALL ") + "))"
}

func (b *builder) statement() *statement {
	with, rows := make([]string, len(b.sources)), make([]string, len(b.sources))
	st := &statement{sources: b.sources, layouts: make([]*session.Layout, len(b.sources))}
	for i, s := range b.sources {
		if s.named != nil {
			b.byKey(s)
		}
		with[i] = s.name + " AS (" + s.text + ")"
		rows[i] = fmt.Sprintf(`SELECT '\x%02x'::bytea || record_send(%s) FROM %[2]s`, i, s.name)
		st.layouts[i] = s.layout
	}
	st.text = "WITH " + strings.Join(with, ", ") + " " + strings.Join(rows, " UNION ALL ")
	return st
}

// take keeps what came: rows by their ids, lists by the rows that they belong to, and that a row which was named did not come.
func (st *statement) take(v *View, lists []reflect.Value) (count int) {
	came := make(map[*source]reflect.Value, len(lists))
	for i, s := range st.sources {
		came[s] = lists[i]
		count += lists[i].Len()
		if s.table.key != nil {
			s.table.remember(v, lists[i])
		}
		if s.list != nil {
			s.list.remember(v, keys(came[s.of], s.of), lists[i])
		}
	}
	for _, s := range st.sources {
		for _, n := range s.named {
			rows := came[n.by]
			for i := range rows.Len() {
				if id := at[uuid.UUID](rows.Index(i).Elem(), n.path); id != nil {
					v.miss(identity{s.table, *id})
				}
			}
		}
	}
	return count
}

// keys are the ids of the rows of a source that have lists.
func keys(rows reflect.Value, of *source) []uuid.UUID {
	n := rows.Len()
	if of.shown > 0 {
		n = min(n, of.shown)
	}
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = *at[uuid.UUID](rows.Index(i).Elem(), of.table.key)
	}
	return ids
}
