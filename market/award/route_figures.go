package award

import (
	"github.com/southeasttogether/dps/market"
)

// RouteFigure is how many places were agreed by one route in one quarter, and what they cost a year.
type RouteFigure struct {
	Quarter market.Date    `db:"quarter"`
	Route   market.Route   `db:"route"`
	Places  int            `db:"places"`
	Annual  market.Decimal `db:"annual"`
}

// OpenRouteFigure is the same figure for everybody; nil if it cannot be shown.
type OpenRouteFigure struct {
	Quarter market.Date
	Route   market.Route
	Places  *int
	Annual  *market.Decimal
}

// mostQuarters limits how far back figures go: ten years.
const mostQuarters = 40

// QuartersOrDefault checks the number of quarters that a caller wants.
func QuartersOrDefault(n *int) (int, error) {
	if n == nil {
		return 8, nil
	}
	if *n < 1 || *n > mostQuarters {
		return 0, market.RefuseField(market.Invalid, "quarters", "The number of quarters must be between 1 and %d.", mostQuarters)
	}
	return *n, nil
}

// QuarterOf is the first day of a date's quarter, or of an earlier quarter by that number of quarters.
func QuarterOf(d market.Date, back int) market.Date {
	return market.NewDate(d.Year(), (d.Month()-1)/3*3+1, 1).AddMonths(-3 * back)
}

// OpenFigures are the figures that everybody can know, one for each completed quarter and each route, the latest
// quarter first. A figure that is not shown is too small to show, or zero. Both look the same.
func OpenFigures(shown []RouteFigure, today market.Date, quarters int) []*OpenRouteFigure {
	type cell struct {
		quarter string
		route   market.Route
	}
	known := map[cell]RouteFigure{}
	for _, f := range shown {
		known[cell{f.Quarter.String(), f.Route}] = f
	}
	all := []*OpenRouteFigure{}
	for back := 1; back <= quarters; back++ {
		quarter := QuarterOf(today, back)
		for _, route := range market.Routes {
			figure := &OpenRouteFigure{Quarter: quarter, Route: route}
			if f, ok := known[cell{quarter.String(), route}]; ok {
				figure.Places, figure.Annual = &f.Places, &f.Annual
			}
			all = append(all, figure)
		}
	}
	return all
}
