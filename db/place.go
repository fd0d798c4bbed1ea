package db

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
)

// search is a statement in the making: conditions, and the arguments that they name.
type search struct {
	where []string
	args  []any
}

// arg adds an argument and gives its place.
func (s *search) arg(value any) string {
	s.args = append(s.args, value)
	return fmt.Sprintf("$%d", len(s.args))
}

// and adds a condition; each %s in it is an argument.
func (s *search) and(condition string, values ...any) {
	places := make([]any, len(values))
	for i, value := range values {
		places[i] = s.arg(value)
	}
	s.where = append(s.where, fmt.Sprintf(condition, places...))
}

var settingColumns = strings.TrimSuffix(settingRows, " FROM setting s")

// Places is a page of the settings that a filter finds: near a point the nearest schools first, else all by district and
// name.
func (v *View) Places(ctx context.Context, f market.PlaceFilter, p market.Page) (*market.PlaceConnection, error) {
	if err := market.CheckPlaces(f); err != nil {
		return nil, err
	}
	if f.Narrow() {
		if err := v.spend(lookedAt); err != nil {
			return nil, err
		}
	}
	asked, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	found := byName
	if f.Near != nil {
		at, err := v.position(ctx, *f.Near)
		if err != nil {
			return nil, err
		}
		found = at.byDistance
	}
	l := found(f)
	l.name = "places " + string(asked) // a cursor belongs to its filter
	return page(ctx, v, l, p)
}

// lookedAt is what a search counts for, in rows, that may look at all settings and find none.
const lookedAt = 400

// byName lists settings by district and name. Of where a home is, that is all there is.
func byName(f market.PlaceFilter) listing[market.Place] {
	s := &search{}
	if f.Lot != nil || f.Needs != nil {
		key := s.key(f)
		s.and("s.id IN (SELECT setting_id FROM place WHERE key = " + key + ")")
	}
	if f.Age != nil {
		s.and("%s BETWEEN s.age_low AND s.age_high", *f.Age)
	}
	s.conditions(f)
	return listing[market.Place]{
		rows: settingColumns + ", NULL::float8 AS metres FROM setting s",
		keys: "s.district, s.name, s.id", key: func(p *market.Place) []any { return []any{p.District, p.Name, p.ID} },
		where: strings.Join(s.where, " AND "), args: s.args,
	}
}

// point is a place on the National Grid.
type point struct {
	Easting  int `db:"easting"`
	Northing int `db:"northing"`
}

// byDistance lists schools, the nearest first, as they come from the index of (key, location). Homes have no location. Each
// setting is looked up as its place comes (OFFSET 0): a planner that knows no values would rather read all settings first.
func (at point) byDistance(f market.PlaceFilter) listing[market.Place] {
	s := &search{}
	here := fmt.Sprintf("point(%s, %s)", s.arg(at.Easting), s.arg(at.Northing))
	s.where = append(s.where, "p.location IS NOT NULL", "p.key = "+s.key(f))
	if f.Age != nil {
		s.and("%s BETWEEN p.age_low AND p.age_high", *f.Age)
	}
	if f.WithinMiles != nil {
		s.and("p.location <@ circle("+here+", %s)", f.Reach())
	}
	s.conditions(f)
	return listing[market.Place]{
		rows: settingColumns + ", p.location <-> " + here + ` AS metres
			FROM place p CROSS JOIN LATERAL (SELECT * FROM setting x WHERE x.id = p.setting_id OFFSET 0) s`,
		first: "p.location <-> " + here, keys: "p.location <-> " + here + ", p.setting_id", key: func(p *market.Place) []any { return []any{*p.Metres, p.ID} },
		where: strings.Join(s.where, " AND "), args: s.args,
	}
}

// key is the number under which the settings of the lot, or of the whole country, that meet the first need are indexed.
func (s *search) key(f market.PlaceFilter) string {
	lot, need := uuid.Nil, ""
	if f.Lot != nil {
		lot = f.Lot.UUID
	}
	if f.Needs != nil {
		need = f.Needs[0]
	}
	return fmt.Sprintf("(SELECT key FROM place_key WHERE lot_id = %s AND need = %s)", s.arg(lot), s.arg(need))
}

// conditions are those that no index of keys has an answer to. A membership may be suspended until some time, so that is
// asked when it is looked for.
func (s *search) conditions(f market.PlaceFilter) {
	s.and(openSetting)
	if f.Lot != nil {
		s.and(`s.provider_id <> ALL (ARRAY(SELECT m.provider_id FROM membership m WHERE m.lot_id = %s AND m.ended_at IS NULL
			AND m.suspended_at IS NOT NULL AND (m.suspended_until IS NULL OR m.suspended_until > (SELECT dps.now()))))`, f.Lot.UUID)
	}
	if f.Kind != nil {
		s.and("s.kind = %s", *f.Kind)
	}
	if len(f.Needs) > 1 {
		s.and("s.needs @> %s::text[]", pq.Array(f.Needs[1:]))
	}
	if f.Gender != nil {
		s.and("(s.gender IS NULL OR s.gender = ANY (%s::text[]))", pq.Array(market.Admitting(*f.Gender)))
	}
	if f.Section41 != nil {
		s.and("s.section41 = %s", *f.Section41)
	}
	if f.VacancyOn != nil {
		s.and("coalesce((SELECT v.free FROM vacancy v WHERE v.setting_id = s.id AND v.from_on <= %s ORDER BY v.from_on DESC LIMIT 1), s.vacancies) > 0", f.VacancyOn.Time)
	}
	if f.District != nil {
		s.and("s.district = %s", *f.District)
	}
	s.inspected(f.Inspection)
	s.named(f.Name)
}

// inspected asks for the latest inspection on a scale; an older, better one does not count.
func (s *search) inspected(f *market.InspectionFilter) {
	if f == nil {
		return
	}
	by := ""
	if f.Body != nil {
		by = " AND i.body = " + s.arg(*f.Body)
	}
	s.and("(SELECT i.value FROM inspection i WHERE i.setting_id = s.id AND i.scale = %s"+by+
		" ORDER BY i.inspected_on DESC, i.body LIMIT 1) = ANY (%s::text[])", f.Scale, pq.Array(f.Values))
}

// named asks for names with words like those given, by the index of their triples of letters.
func (s *search) named(name *string) {
	if name == nil {
		return
	}
	words := s.arg(*name)
	s.and("s.id IN (SELECT id FROM setting WHERE " + words + " <%% name UNION ALL SELECT x.id FROM setting x JOIN provider y ON y.id = x.provider_id WHERE " +
		words + " <%% y.name)")
}

// position is where a filter measures from.
func (v *View) position(ctx context.Context, n market.NearInput) (point, error) {
	if n.Outcode == nil {
		return point{*n.Easting, *n.Northing}, nil
	}
	var at []point
	if err := v.some(ctx, &at, "SELECT easting, northing FROM outcode WHERE outcode = $1", *n.Outcode); err != nil {
		return point{}, err
	}
	if len(at) == 0 {
		return point{}, market.RefuseField(market.Invalid, "near.outcode", "No directory says where this outcode is: try one beside it.")
	}
	return at[0], nil
}

// Compare reads settings side by side, with the way to those that are schools; what is absent is missing from the map.
func (v *View) Compare(ctx context.Context, settings []uuid.UUID, near *market.NearInput) (map[uuid.UUID]*market.Place, error) {
	s := &search{}
	metres := "NULL::float8"
	if near != nil {
		at, err := v.position(ctx, *near)
		if err != nil {
			return nil, err
		}
		metres = fmt.Sprintf("point(s.easting, s.northing) <-> point(%s, %s)", s.arg(at.Easting), s.arg(at.Northing))
	}
	compared := v.narrowed(reflect.TypeFor[market.Place](), settingColumns+", "+metres+" AS metres FROM setting s", "")
	rows, err := rowsOf[market.Place](ctx, v, 0, compared+" WHERE s.id = ANY ("+s.arg(pq.Array(settings))+")", s.args...)
	all := map[uuid.UUID]*market.Place{}
	for _, row := range rows {
		all[row.ID] = row
	}
	return all, err
}
