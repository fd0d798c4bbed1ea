package rowset

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Describe tells Check of a type of the schema: its fields, and of each whether a resolver answers it; nil for no type of it.
type Describe func(typ string) map[string]bool

// Check says where tables and schema do not fit: a column is read for a field that the schema does not have, or a field of a table with
// columns that are not always read follows from none that is read for it, and so would be null without a word.
func Check(describe Describe) error {
	faults := make([]error, len(tables))
	for i, t := range tables {
		faults[i] = t.compareWith(describe)
	}
	return errors.Join(faults...)
}

func (t *table) compareWith(describe Describe) error {
	resolved := map[string]bool{} // by each field that the types of the rows have
	for _, typ := range t.types {
		for field, byResolver := range describe(typ) {
			resolved[field] = byResolver
		}
	}
	if len(resolved) == 0 {
		return nil // the rows are of no type of the schema
	}
	named := slices.Clone(t.follow)
	for _, c := range t.columns {
		for _, field := range c.fields {
			if _, ok := resolved[field]; !ok {
				return fmt.Errorf("table %s: column %s is read for %q, which is no field of %v", t.name, c.name, field, t.types)
			}
		}
		named = append(named, c.fields...)
	}
	if len(named) == len(t.follow) {
		return nil // all columns are always read
	}
	for field, byResolver := range resolved {
		if !byResolver && !slices.Contains(named, field) && !t.alwaysReads(field) {
			return fmt.Errorf("table %s: nothing is read for the field %s of %v: name it with its columns, or as one that follows from those "+
				"always read", t.name, field, t.types)
		}
	}
	return nil
}

// alwaysReads says whether a field of the schema is a field in Go that a column fills which is always read.
func (t *table) alwaysReads(field string) bool {
	return slices.ContainsFunc(t.columns, func(c *column) bool { return c.fields == nil && strings.EqualFold(c.field.Field.Name, field) })
}
