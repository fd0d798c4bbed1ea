package directory

import (
	"context"
	"encoding/json"
	"fmt"

	rules "github.com/southeasttogether/dps/market/directory"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
)

// placeColumns are the columns of a setting s as a place, except its distance.
var placeColumns = rowset.All(settingColumns, rowset.Follow("setting", "miles"))

// The settings that are searched or compared, as places: by district and name, by how well they match the name $1, by the distance of
// their place p from the point ($1, $2), compared, and compared with the distance from the point ($2, $3).
var (
	placesByName = rowset.New[market.Place]("setting", "s", placeColumns, rowset.Computed("metres", "NULL::float8"),
		rowset.Computed("match", "0::float8"))
	placesByWay = rowset.New[market.Place]("setting", "s", placeColumns, rowset.Computed("metres", "p.location <-> point($1, $2)"),
		rowset.Computed("match", "0::float8"),
		rowset.From("place p CROSS JOIN LATERAL (SELECT * FROM setting x WHERE x.id = p.setting_id OFFSET 0) s"))
	placesBestFirst = rowset.New[market.Place]("setting", "s", placeColumns, rowset.Computed("metres", "NULL::float8"),
		rowset.Computed("match", matchSQL))
	placesComparedByWay = rowset.New[market.Place]("setting", "s", placeColumns,
		rowset.Computed("metres", "point(s.easting, s.northing) <-> point($2, $3)"), rowset.Computed("match", "0::float8"))
)

// Places is a page of the settings that a filter finds: the nearest schools first if the filter has a point, otherwise
// all settings by district and name.
func Places(ctx context.Context, v *engine.View, f market.PlaceFilter, p market.Page) (*market.Connection[market.Place], error) {
	if err := rules.CheckPlaces(f); err != nil {
		return nil, err
	}
	if f.RequiresScan() {
		if err := v.Spend(scanCost); err != nil {
			return nil, err
		}
	}
	f, err := locateFilter(ctx, f, v.All)
	if err != nil {
		return nil, err
	}
	asked, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	found := PlacesByName
	if f.Name != nil {
		found = placesByMatch
	}
	if f.Near != nil {
		at, err := positionOf(ctx, v, *f.Near)
		if err != nil {
			return nil, err
		}
		found = at.placesByDistance
	}
	l := found(f)
	l.Name = "places " + string(asked) // a cursor belongs to its filter
	return l.Page(ctx, v, p)
}

// scanCost is the cost, in rows, of a search that may read all settings and find none.
const scanCost = 400

// positionOf is the point that a filter measures from.
func positionOf(ctx context.Context, v *engine.View, n market.NearInput) (gridPoint, error) {
	if n.Outcode == nil {
		return gridPoint{*n.Easting, *n.Northing}, nil
	}
	var at []gridPoint
	if err := v.All(ctx, &at, "SELECT easting, northing FROM outcode WHERE outcode = $1", *n.Outcode); err != nil {
		return gridPoint{}, err
	}
	if len(at) == 0 {
		return gridPoint{}, market.RefuseField(market.Invalid, "near.outcode", "We do not know where this outcode is: try one nearby.")
	}
	return at[0], nil
}

// ComparePlaces reads settings to compare, with the distance of those that are schools. Absent settings are missing
// from the map.
func ComparePlaces(ctx context.Context, v *engine.View, settings []uuid.UUID, near *market.NearInput) (map[uuid.UUID]*market.Place, error) {
	compared, args := placesByName, []any{rowset.IDs(settings)}
	if near != nil {
		at, err := positionOf(ctx, v, *near)
		if err != nil {
			return nil, err
		}
		compared, args = placesComparedByWay, append(args, at.Easting, at.Northing)
	}
	rows, err := compared.Where(ctx, v, "s.id = ANY ($1)", args...)
	all := map[uuid.UUID]*market.Place{}
	for _, row := range rows {
		all[row.ID] = row
	}
	return all, err
}
