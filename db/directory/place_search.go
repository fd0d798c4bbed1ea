package directory

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
)

// placeQuery is a statement that is being built: conditions, and their arguments.
type placeQuery struct {
	conditions []string
	args       []any
}

// addArgument adds an argument and returns its placeholder.
func (s *placeQuery) addArgument(value any) string {
	s.args = append(s.args, value)
	return fmt.Sprintf("$%d", len(s.args))
}

// addCondition adds a condition; each %s in it is an argument.
func (s *placeQuery) addCondition(condition string, values ...any) {
	places := make([]any, len(values))
	for i, value := range values {
		places[i] = s.addArgument(value)
	}
	s.conditions = append(s.conditions, fmt.Sprintf(condition, places...))
}

// PlacesByName lists settings by district and name. Nothing more exact is known about where a home is.
func PlacesByName(f market.PlaceFilter) rowset.Pages[market.Place] {
	s := &placeQuery{}
	s.addPlaces(f)
	return rowset.Pages[market.Place]{
		Table: placesByName, Order: []string{"district", "name", "id"},
		Where: strings.Join(s.conditions, " AND "), Args: s.args,
	}
}

// matchSQL is how far a name is from the name $1: 0 is the same, whatever its capitals; a provider's own name comes right after a
// setting's.
const matchSQL = `(least(CASE WHEN lower(s.name) = lower($1) THEN 0 ELSE 1.0 - similarity(s.name, $1) END,
	0.001 + coalesce((SELECT 1.0 - similarity(y.name, $1) FROM provider y WHERE y.id = s.provider_id), 1)))::float8`

// placesByMatch lists settings by how well their names, or their providers', match a name.
func placesByMatch(f market.PlaceFilter) rowset.Pages[market.Place] {
	s := &placeQuery{}
	s.addArgument(*f.Name)
	s.addPlaces(f)
	return rowset.Pages[market.Place]{
		Table: placesBestFirst, Order: []string{"match", "name", "id"},
		Where: strings.Join(s.conditions, " AND "), Args: s.args,
	}
}

// addPlaces adds the conditions of a filter without a point.
func (s *placeQuery) addPlaces(f market.PlaceFilter) {
	if f.Lot != nil || f.Needs != nil {
		key := s.placeKey(f)
		s.addCondition("s.id IN (SELECT setting_id FROM place WHERE key = " + key + ")")
	}
	if f.Age != nil {
		s.addCondition("%s BETWEEN coalesce(s.age_low, 0) AND coalesce(s.age_high, CASE s.kind WHEN 'SCHOOL' THEN 25 ELSE 17 END)", *f.Age)
	}
	s.addFilter(f)
}

// gridPoint is a place on the National Grid.
type gridPoint struct {
	Easting  int `db:"easting"`
	Northing int `db:"northing"`
}

// placesByDistance lists schools, the nearest first, as they come from the index of (key, location). Homes have no
// location. Each setting is looked up as its place comes (OFFSET 0), because a planner that does not know the values
// would read all settings first.
func (at gridPoint) placesByDistance(f market.PlaceFilter) rowset.Pages[market.Place] {
	s := &placeQuery{}
	here := fmt.Sprintf("point(%s, %s)", s.addArgument(at.Easting), s.addArgument(at.Northing))
	s.conditions = append(s.conditions, "p.location IS NOT NULL", "p.key = "+s.placeKey(f))
	if f.Age != nil {
		s.addCondition("%s BETWEEN p.age_low AND p.age_high", *f.Age)
	}
	if f.WithinMiles != nil {
		s.addCondition("p.location <@ circle("+here+", %s)", f.ReachMetres())
	}
	s.addFilter(f)
	return rowset.Pages[market.Place]{
		Table: placesByWay, Order: []string{"metres", "id"}, Near: true,
		Where: strings.Join(s.conditions, " AND "), Args: s.args,
	}
}

// placeKey is the number that indexes the settings of the lot, or of the whole country, that meet the first need.
func (s *placeQuery) placeKey(f market.PlaceFilter) string {
	lot, need := uuid.Nil, ""
	if f.Lot != nil {
		lot = f.Lot.UUID
	}
	if f.Needs != nil {
		need = f.Needs[0]
	}
	return fmt.Sprintf("(SELECT key FROM place_key WHERE lot_id = %s AND need = %s)", s.addArgument(lot), s.addArgument(need))
}

// addFilter adds the conditions that no index of keys can answer. A membership can be suspended until some time, so the
// search checks it.
func (s *placeQuery) addFilter(f market.PlaceFilter) {
	s.addCondition(OpenSettingSQL)
	if f.Lot != nil {
		s.addCondition(`s.provider_id <> ALL (ARRAY(SELECT m.provider_id FROM membership m WHERE m.lot_id = %s AND m.ended_at IS NULL
			AND m.suspended_at IS NOT NULL AND (m.suspended_until IS NULL OR m.suspended_until > (SELECT dps.now()))))`, f.Lot.UUID)
	}
	if f.Kind != nil {
		s.addCondition("s.kind = %s", *f.Kind)
	}
	if len(f.Needs) > 1 {
		const declared = "(SELECT d.needs FROM declared_needs d WHERE d.setting_id = s.id)"
		s.addCondition("(coalesce(s.needs, "+declared+") IS NULL OR coalesce(s.needs, '{}') || coalesce("+declared+", '{}') @> %s::text[])",
			pq.Array(f.Needs[1:]))
	}
	if f.Gender != nil {
		s.addCondition("(s.gender IS NULL OR s.gender = ANY (%s::text[]))", pq.Array(market.GendersAdmitting(*f.Gender)))
	}
	if f.Section41 != nil {
		s.addCondition("s.section41 = %s", *f.Section41)
	}
	if f.VacancyOn != nil {
		s.addCondition("coalesce((SELECT v.free FROM vacancy v WHERE v.setting_id = s.id AND v.from_on <= %s ORDER BY v.from_on DESC LIMIT 1), "+
			"s.vacancies) > 0", f.VacancyOn.Time)
	}
	if f.District != nil {
		s.addCondition("s.district = %s", *f.District)
	}
	if f.LocalAuthority != nil {
		s.addCondition("(s.local_authority = %s OR s.local_authority IS NULL AND s.district IN (SELECT name FROM district d WHERE "+
			"d.local_authority = %s))", *f.LocalAuthority, *f.LocalAuthority)
	}
	s.addInspection(f.Inspection)
	s.addName(f.Name)
}

// addInspection adds the latest inspection on a scale; an older, better one does not count.
func (s *placeQuery) addInspection(f *market.InspectionFilter) {
	if f == nil {
		return
	}
	by := ""
	if f.Body != nil {
		by = " AND i.body = " + s.addArgument(*f.Body)
	}
	s.addCondition("(SELECT i.value FROM inspection i WHERE i.setting_id = s.id AND i.scale = %s"+by+
		" ORDER BY i.inspected_on DESC, i.body LIMIT 1) = ANY (%s::text[])", f.Scale, pq.Array(f.Values))
}

// addName looks for names with similar words, by the index of their trigrams. The settings are found first, as an array, so
// that no other condition is tried on settings with other names.
func (s *placeQuery) addName(name *string) {
	if name == nil {
		return
	}
	words := s.addArgument(*name)
	s.addCondition("s.id = ANY (ARRAY(SELECT id FROM setting WHERE " + words +
		" <%% name UNION ALL SELECT x.id FROM setting x JOIN provider y ON y.id = x.provider_id WHERE " +
		words + " <%% y.name))")
}
