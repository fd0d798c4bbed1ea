package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

var settingColumns = strings.TrimSuffix(SettingRows, " FROM setting s")

// Places is a page of the settings that a filter finds: near a point the nearest schools first, else all by district and
// name.
func Places(ctx context.Context, v *engine.View, f market.PlaceFilter, p market.Page) (*market.PlaceConnection, error) {
	if err := market.CheckPlaces(f); err != nil {
		return nil, err
	}
	if f.RequiresScan() {
		if err := v.Spend(scanCost); err != nil {
			return nil, err
		}
	}
	asked, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	found := PlacesByName
	if f.Near != nil {
		at, err := positionOf(ctx, v, *f.Near)
		if err != nil {
			return nil, err
		}
		found = at.placesByDistance
	}
	l := found(f)
	l.Name = "places " + string(asked) // a cursor belongs to its filter
	return engine.Page(ctx, v, l, p)
}

// scanCost is what a search counts for, in rows, that may look at all settings and find none.
const scanCost = 400

// positionOf is where a filter measures from.
func positionOf(ctx context.Context, v *engine.View, n market.NearInput) (gridPoint, error) {
	if n.Outcode == nil {
		return gridPoint{*n.Easting, *n.Northing}, nil
	}
	var at []gridPoint
	if err := v.Some(ctx, &at, "SELECT easting, northing FROM outcode WHERE outcode = $1", *n.Outcode); err != nil {
		return gridPoint{}, err
	}
	if len(at) == 0 {
		return gridPoint{}, market.RefuseField(market.Invalid, "near.outcode", "No directory says where this outcode is: try one beside it.")
	}
	return at[0], nil
}

// ComparePlaces reads settings side by side, with the way to those that are schools; what is absent is missing from the map.
func ComparePlaces(ctx context.Context, v *engine.View, settings []uuid.UUID, near *market.NearInput) (map[uuid.UUID]*market.Place, error) {
	s := &placeQuery{}
	metres := "NULL::float8"
	if near != nil {
		at, err := positionOf(ctx, v, *near)
		if err != nil {
			return nil, err
		}
		metres = fmt.Sprintf("point(s.easting, s.northing) <-> point(%s, %s)", s.addArgument(at.Easting), s.addArgument(at.Northing))
	}
	compared := v.Narrowed(reflect.TypeFor[market.Place](), settingColumns+", "+metres+" AS metres FROM setting s", "")
	rows, err := engine.RowsOf[market.Place](ctx, v, 0, compared+" WHERE s.id = ANY ("+s.addArgument(pq.Array(settings))+")", s.args...)
	all := map[uuid.UUID]*market.Place{}
	for _, row := range rows {
		all[row.ID] = row
	}
	return all, err
}
