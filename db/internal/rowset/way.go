package rowset

import (
	"fmt"
	"strings"
)

// Way is how an index leads to the rows that a reader sees, in the order of their list. Without one, row security is asked of
// every row, or all visible rows are read and sorted for a page of twenty.
type Way struct {
	Each string // what the rows belong to, as of(id), where an index has its order for one of these at a time; "" for none
	Keys string // a query of the columns that order the list, of rows that no other way leads to
}

// led is the condition that a row is one of the next rows to which the ways of a list lead, by the last column of its order;
// "" where a list has no ways.
func (l Pages[T]) led(after string, rows int) string {
	if l.Ways == nil {
		return ""
	}
	columns := make([]string, len(l.Order))
	for i, name := range l.Order {
		columns[i] = l.sql(name)
	}
	alias, last, _ := strings.Cut(columns[len(columns)-1], ".")
	page := fmt.Sprintf(" ORDER BY %s LIMIT %d", l.by(l.sql), rows)
	if after != "" {
		after = " WHERE " + after
	}
	var found []string
	for _, w := range l.Ways {
		one := "SELECT " + strings.Join(columns, ", ") + " FROM (" + w.Keys + ") " + alias + after + page
		if w.Each != "" {
			one = "SELECT x.* FROM " + w.Each + " CROSS JOIN LATERAL (" + one + ") x"
		}
		found = append(found, "("+one+")")
	}
	return fmt.Sprintf("%s.%s = ANY (ARRAY(SELECT %[1]s.%[2]s FROM (%[3]s) %[1]s%[4]s))", alias, last, strings.Join(found, " UNION ALL "),
		page)
}
