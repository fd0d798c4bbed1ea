package levels

import (
	"sync/atomic"

	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// Budget bounds what an operation really returns: its values are counted level by level, before they are written. So a small request
// for long lists is stopped, and one for lists that could be long and are not goes through. Rows are bounded by the view.
type Budget struct {
	maxValues, maxText int

	values, text atomic.Int64 // so far; a text counts its bytes
	schema       int          // values of the schema, about
	discarded    int          // values that were counted before the operation began again
}

// NewBudget allows a number of values, and a number of bytes of text among them.
func NewBudget(values, text int) *Budget { return &Budget{maxValues: values, maxText: text} }

// AddSchema adds values of the schema, which are counted before anything runs.
func (b *Budget) AddSchema(values int) { b.schema += values }

// Restart begins the count again, for an operation that begins again. What was counted is still charged.
func (b *Budget) Restart() {
	b.discarded += int(b.values.Swap(0))
	b.text.Store(0)
}

// Values are all that the operation was made to return.
func (b *Budget) Values() int { return b.discarded + int(b.values.Load()) + b.schema }

func (b *Budget) spendValues(values, text int) error {
	switch {
	case b.values.Add(int64(values)) > int64(b.maxValues):
		return coded.Limit("The operation returns more than %d values, one for each field of each object: "+
			"ask for fewer with `first`, or for fewer fields.", b.maxValues)
	case b.text.Add(int64(text)) > int64(b.maxText):
		return coded.Limit("The operation returns texts of more than %d bytes: ask for fewer with `first`, or for fewer fields.", b.maxText)
	}
	return nil
}

// spendLevel counts the values of a level.
func (b *Budget) spendLevel(level []*group) error {
	values, text := 0, 0
	for _, g := range level {
		values += len(g.plan) * len(g.objects)
		for _, f := range g.plan {
			if f.text != nil && f.edge == nil {
				text += g.textLength(f.text)
			}
		}
	}
	return b.spendValues(values, text)
}
