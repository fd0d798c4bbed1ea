package main

import (
	"fmt"
	"io"
	"math"
)

// figures are what the command ends with: one `name: value` a line, in the order in which they were measured.
type figures []struct {
	name  string
	value float64
}

// addFigure keeps a figure, unless there was nothing to divide by: pgbench can end a round of a second without one transaction.
func (f *figures) addFigure(name string, value float64) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return
	}
	*f = append(*f, struct {
		name  string
		value float64
	}{name, value})
}

func (f figures) printFigures(to io.Writer) {
	fmt.Fprintln(to)
	for _, figure := range f {
		fmt.Fprintf(to, "%s: %.3f\n", figure.name, figure.value)
	}
}

// figureValue is that of a figure that was added before.
func (f figures) figureValue(name string) float64 {
	for _, figure := range f {
		if figure.name == name {
			return figure.value
		}
	}
	return 0
}
