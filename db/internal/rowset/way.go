package rowset

import (
	"fmt"
	"strings"
)

// Way is how an index leads to rows that a reader sees, in the order of their list. Row security alone would be asked of every row
// that there is, or all that are seen would be read and sorted for a page of twenty.
type Way struct {
	Each string // what the rows belong to, as of(id), where an index has its order for one of these at a time; "" for none
	Keys string // a query of the columns that order the list, of rows that no other way leads to
}

// led is the condition that a row is one of the next so many to which the ways of a list lead, by the last column of its order;
// "" where a list has no ways.
func (l Pages[T]) led(after string, rows int) string {
	if l.Ways == nil {
		return ""
	}
	alias, last := l.Table.alias, l.Order[len(l.Order)-1]
	keys := make([]string, len(l.Order))
	for i, name := range l.Order {
		keys[i] = l.sql(name)
	}
	page := order(l.by(l.sql)) + limit(rows)
	var found []string
	for _, w := range l.Ways {
		one := "SELECT " + strings.Join(keys, ", ") + " FROM (" + w.Keys + ") " + alias + where(after) + page
		if w.Each != "" {
			one = "SELECT x.* FROM " + w.Each + " CROSS JOIN LATERAL (" + one + ") x"
		}
		found = append(found, "("+one+")")
	}
	return fmt.Sprintf("%s.%s = ANY (ARRAY(SELECT %[1]s.%[2]s FROM (%[3]s) %[1]s%[4]s))", alias, last, strings.Join(found, " UNION ALL "), page)
}
