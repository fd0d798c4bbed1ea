package directory

import (
	"context"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/directory"
)

var districtTable = rowset.New[market.District]("district", "d", rowset.Columns("code"), rowset.Column("name", "name"),
	rowset.Column("local_authority", "localAuthority"),
	rowset.Computed("local_authority_name", "(SELECT a.name FROM local_authority a WHERE a.code = d.local_authority)", "localAuthorityName"))

var districtList = rowset.Pages[market.District]{Table: districtTable, Name: "districts", Order: []string{"name", "code"}}

// Districts is a page of the districts of England, by name.
func Districts(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.District], error) {
	return districtList.Page(ctx, v, p)
}

// areaNamed looks up the district and the local authority that a name means, and the authority of a code.
const areaNamed = `SELECT (SELECT name FROM district WHERE dps.fold_area(name) = dps.fold_area($1) ORDER BY name <> $1 LIMIT 1) AS district,
	(SELECT code FROM local_authority WHERE dps.fold_area(name) = dps.fold_area($1) LIMIT 1) AS authority,
	EXISTS (SELECT FROM local_authority WHERE code = $2) AS known`

// locateFilter writes the district of a filter as settings have it. It refuses a district or a local authority that is not known: nobody
// could tell the answer from that of an empty one.
func locateFilter(ctx context.Context, f market.PlaceFilter,
	read func(ctx context.Context, into any, query string, args ...any) error,
) (market.PlaceFilter, error) {
	if f.District == nil && f.LocalAuthority == nil {
		return f, nil
	}
	var found []rules.AreaNamed
	if err := read(ctx, &found, areaNamed, textOrEmpty(f.District), textOrEmpty(f.LocalAuthority)); err != nil {
		return f, err
	}
	return rules.LocateFilter(f, found[0])
}

// LocateFilter writes the district of a filter as settings have it, in a change.
func LocateFilter(ctx context.Context, t *engine.Tx, f market.PlaceFilter) (market.PlaceFilter, error) {
	return locateFilter(ctx, f, t.SelectRows)
}

func textOrEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
