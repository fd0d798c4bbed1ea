package award

import (
	"context"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
)

// PlacesByRoute reads how many places the actor's authority has agreed by each route in each quarter, and what they
// cost a year.
func PlacesByRoute(ctx context.Context, v *engine.View, quarters int) ([]*rules.RouteFigure, error) {
	all := []*rules.RouteFigure{}
	err := v.All(ctx, &all, `SELECT date_trunc('quarter', s.agreed_on)::date AS quarter, s.route, count(*) AS places, sum(s.annual) AS annual
		FROM spending s
		WHERE s.cancelled_on IS NULL
			AND s.agreed_on >= date_trunc('quarter', `+engine.TodaySQL+`)::date - make_interval(months => 3 * ($1::int - 1))
		GROUP BY 1, 2 ORDER BY 1 DESC, 2`, quarters)
	return all, err
}

// OpenPlacesByRoute reads the region's figures that everybody can know.
func OpenPlacesByRoute(ctx context.Context, v *engine.View, quarters int) ([]*rules.OpenRouteFigure, error) {
	var today []market.Date
	var shown []rules.RouteFigure
	if err := v.All(ctx, &today, "SELECT "+engine.TodaySQL+" AS today"); err != nil {
		return nil, err
	}
	if err := v.All(ctx, &shown, "SELECT quarter, route, places, annual FROM dps.open_spending($1)", rules.QuarterOf(today[0],
		quarters).Time); err != nil {
		return nil, err
	}
	return rules.OpenFigures(shown, today[0], quarters), nil
}
