package rowset

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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
	shown   int // of the first list, as of its query
	sources []*source
	layouts []*session.Layout
}

// source is one list of rows in a statement: the rows that are asked for, first; a list that belongs to the rows of another source; or
// parents, which the rows of other sources name.
type source struct {
	number int // its place in the statement
	table  *table
	list   *list   // nil if it is not a list
	of     *source // whose list
	named  []naming
}

// naming is that the rows of a source name these, by a column.
type naming struct {
	by     *source
	column *column
}

func (s *source) sqlName() string { return fmt.Sprintf("%s_%d", s.table.name, s.number) }

// builder makes a statement of a query and of what its rows bring. Each table is there once: what is in it already is found by its id, and
// what is not is read when it is asked for.
type builder struct {
	query
	selection *Selection
	can       grants
	bound     int
	sources   []*source
}

// statementFor is what reads a query with all that its rows bring.
func (v *View) statementFor(q query) *statement {
	key := statementKey{q, v.reader.Caller.Role, v.most}
	if known, ok := v.selection.statements.Get(key); ok {
		return known
	}
	b := builder{query: q, selection: v.selection, can: v.can}
	if v.most > 0 {
		b.bound = v.most + 1 // one row more than the view may read, so that more is found out
	}
	b.addLists(b.addSource(&source{table: q.table}))
	b.addParents()
	made := b.buildStatement()
	v.selection.statements.Add(key, made)
	return made
}

func (b *builder) addSource(s *source) *source {
	b.sources = append(b.sources, s)
	return s
}

func (b *builder) findSource(t *table) *source {
	if i := slices.IndexFunc(b.sources, func(s *source) bool { return s.table == t }); i >= 0 {
		return b.sources[i]
	}
	return nil
}

// bringsRows says whether rows bring those of another table, as a field of the schema.
func (b *builder) bringsRows(t *table, field string, other *table) bool {
	return b.selection.selectsAny(t, field) && b.can.canRead(other)
}

// addLists adds the lists that belong to the rows of a source, and those of their rows.
func (b *builder) addLists(of *source) {
	for _, c := range of.table.children {
		if t := c.list.table; b.bringsRows(of.table, c.field, t) && b.findSource(t) == nil {
			b.addLists(b.addSource(&source{table: t, list: c.list, of: of}))
		}
	}
}

// addParents adds the rows that the rows of sources name, each once, and those that they name.
func (b *builder) addParents() {
	first := len(b.sources)
	for i := 0; i < len(b.sources); i++ {
		s := b.sources[i]
		for _, p := range s.table.parents {
			if !b.bringsRows(s.table, p.field, p.table) {
				continue
			}
			of := b.findSource(p.table)
			if of == nil {
				of = b.addSource(&source{table: p.table})
			} else if of.named == nil {
				continue
			}
			of.named = append(of.named, naming{s, p.column})
		}
	}
	// SQL reads what stands before.
	slices.SortStableFunc(b.sources[first:], func(a, c *source) int { return cmp.Compare(c.table.parentDepth(), a.table.parentDepth()) })
}

func (b *builder) buildStatement() *statement {
	with, rows := make([]string, len(b.sources)), make([]string, len(b.sources))
	st := &statement{shown: b.shown, sources: b.sources, layouts: make([]*session.Layout, len(b.sources))}
	for i, s := range b.sources {
		s.number = i
	}
	for i, s := range b.sources {
		columns := b.selection.columnsOf(s.table, func(c *column) bool { return i == 0 && strings.Contains(b.keeps, c.name+",") })
		st.layouts[i] = s.table.layoutOf(columns)
		with[i] = s.sqlName() + " AS (" + b.sourceSQL(s, s.table.selectFrom(columns, b.can)) + ")"
		rows[i] = fmt.Sprintf(`SELECT '\x%02x'::bytea || record_send(%s) FROM %[2]s`, i, s.sqlName())
	}
	st.text = "WITH " + strings.Join(with, ", ") + " " + strings.Join(rows, " UNION ALL ")
	return st
}

// sourceSQL is the query of the rows of a source, which begins with their columns.
func (b *builder) sourceSQL(s *source, columns string) string {
	switch {
	case s.list != nil:
		of := "SELECT id FROM " + s.of.sqlName() + limitClause(s.of.shownRows(b.shown))
		return columns + isAny(s.list.key, of) + orderClause(s.list.orderFor(b.can)) + limitClause(b.bound)
	case s.named != nil:
		keys := make([]string, len(s.named))
		for i, n := range s.named {
			keys[i] = "SELECT " + n.column.name + " FROM " + n.by.sqlName()
		}
		return columns + isAny(s.table.id, strings.Join(keys, " UNION ALL "))
	case b.near != "": // all that are as far as the last are read, and put in order
		return fmt.Sprintf("SELECT * FROM (%s%s ORDER BY %s FETCH FIRST %d ROWS WITH TIES) found ORDER BY %s LIMIT %[4]d",
			columns, whereClause(b.where), b.near, b.limit, b.order)
	case b.parent != "":
		return "SELECT x.* FROM unnest($1::uuid[]) AS parent(id) CROSS JOIN LATERAL (" + columns + whereClause(b.parent+" = parent.id", b.where) +
			orderClause(b.order) + limitClause(b.limit) + ") x" + limitClause(b.bound)
	}
	return columns + whereClause(b.where) + orderClause(b.order) + limitClause(cmp.Or(b.limit, b.bound))
}

// shownRows is how many rows of a source have lists, given how many of the first source have them; 0 for all.
func (s *source) shownRows(ofFirst int) int {
	if s.number == 0 {
		return ofFirst
	}
	return 0
}

// isAny is the condition that a column is one of the keys that a query gives.
func isAny(c *column, keys string) string { return whereClause(c.sql + " = ANY (ARRAY(" + keys + "))") }

func limitClause(rows int) string {
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf(" LIMIT %d", rows)
}

func orderClause(by string) string {
	if by == "" {
		return ""
	}
	return " ORDER BY " + by
}

func whereClause(conditions ...string) string {
	if all := joinConditions(conditions...); all != "" {
		return " WHERE " + all
	}
	return ""
}

// joinConditions gives conditions that hold together; "" is none.
func joinConditions(conditions ...string) string {
	return strings.Join(slices.DeleteFunc(conditions, func(c string) bool { return c == "" }), " AND ")
}
