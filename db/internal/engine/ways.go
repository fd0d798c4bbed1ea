package engine

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

// BoroughsOf are the authorities that delegate an act to the consortium that asks.
func BoroughsOf(act string) string {
	return "unnest((SELECT dps.boroughs('" + act + "'))::uuid[]) AS of(id)"
}

// led is the condition that a row is one of the next so many to which the ways of a list lead, by the last column of its order;
// "" where a list has no ways.
func (l Listing[T]) led(after string, rows int) string {
	if l.Ways == nil {
		return ""
	}
	columns := strings.Split(l.Keys, ", ")
	alias, last, _ := strings.Cut(columns[len(columns)-1], ".")
	page := l.order() + fmt.Sprintf(" LIMIT %d", rows)
	var found []string
	for _, w := range l.Ways {
		one := "SELECT " + l.Keys + " FROM (" + w.Keys + ") " + alias + Conditions(after) + page
		if w.Each != "" {
			one = "SELECT x.* FROM " + w.Each + " CROSS JOIN LATERAL (" + one + ") x"
		}
		found = append(found, "("+one+")")
	}
	return fmt.Sprintf("%s.%s = ANY (ARRAY(SELECT %[1]s.%[2]s FROM (%[3]s) %[1]s%[4]s))", alias, last, strings.Join(found, " UNION ALL "), page)
}
