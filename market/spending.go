package market

// RouteFigure is how many places were agreed by one route in one quarter, and what they cost a year.
type RouteFigure struct {
	Quarter Date    `db:"quarter"`
	Route   Route   `db:"route"`
	Places  int     `db:"places"`
	Annual  Decimal `db:"annual"`
}

// OpenRouteFigure is the same for everybody: nil where it may not be shown.
type OpenRouteFigure struct {
	Quarter Date
	Route   Route
	Places  *int
	Annual  *Decimal
}

// mostQuarters is how far back figures go: ten years.
const mostQuarters = 40

// QuartersOrDefault checks how many quarters are asked for.
func QuartersOrDefault(n *int) (int, error) {
	if n == nil {
		return 8, nil
	}
	if *n < 1 || *n > mostQuarters {
		return 0, RefuseField(Invalid, "quarters", "Ask for 1 to %d quarters.", mostQuarters)
	}
	return *n, nil
}

// QuarterOf is the first day of a date's quarter, so many quarters back.
func QuarterOf(d Date, back int) Date {
	return NewDate(d.Year(), (d.Month()-1)/3*3+1, 1).subtractMonths(3 * back)
}

func (d Date) subtractMonths(n int) Date { return Date{d.AddDate(0, -n, 0)} }

// OpenFigures are the figures that everybody may know, one for each quarter that is over and each route, the latest quarter first:
// what is not among the shown is too little to be shown, or nothing, and looks the same.
func OpenFigures(shown []RouteFigure, today Date, quarters int) []*OpenRouteFigure {
	type cell struct {
		quarter string
		route   Route
	}
	known := map[cell]RouteFigure{}
	for _, f := range shown {
		known[cell{f.Quarter.String(), f.Route}] = f
	}
	all := []*OpenRouteFigure{}
	for back := 1; back <= quarters; back++ {
		quarter := QuarterOf(today, back)
		for _, route := range Routes {
			figure := &OpenRouteFigure{Quarter: quarter, Route: route}
			if f, ok := known[cell{quarter.String(), route}]; ok {
				figure.Places, figure.Annual = &f.Places, &f.Annual
			}
			all = append(all, figure)
		}
	}
	return all
}
