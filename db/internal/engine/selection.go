package engine

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// This file lets what is read follow what is asked for: a statement leaves out columns that nobody asked for, and brings along
// what its rows belong to, an offer's provider, a placement's need and setting. So a page of things with what they belong to
// is one statement, and not one for each kind of them.

// Selection is which fields a request asks of each type of the schema. Its types are named as those of package market.
type Selection struct {
	fields map[string]map[string]bool
	known  sync.Map // what was found out for it, so that it is found out once

	several atomic.Bool // statements are read for it, or may be
}

// NewSelection is the selection of fields by their types.
func NewSelection(fields map[string]map[string]bool) *Selection { return &Selection{fields: fields} }

// Several says that the selection may take more than one statement.
func (s *Selection) Several() {
	if s != nil && !s.several.Load() {
		s.several.Store(true)
	}
}

// single says whether a request may be one statement: none was seen to take more.
func (s *Selection) single() bool { return s != nil && !s.several.Load() }

// Select tells the view what will be asked for. A view that is not told reads every column and brings nothing along.
func (v *View) Select(s *Selection) { v.selection = s }

// asks says whether the request asks for a field of a type.
func (s *Selection) asks(typ reflect.Type, field string) bool {
	return s != nil && slices.ContainsFunc(parts(typ), func(part reflect.Type) bool { return s.fields[part.Name()][field] })
}

// parts are a type and those that it is made of.
func parts(typ reflect.Type) []reflect.Type {
	all := []reflect.Type{typ}
	for i := range typ.NumField() {
		if f := typ.Field(i); f.Anonymous && f.Type.Kind() == reflect.Struct {
			all = append(all, parts(f.Type)...)
		}
	}
	return all
}

// Shown are columns, as they stand in the rows of their type, with the fields of the schema that show them or follow from
// them. Nothing else needs them.
var Shown = map[reflect.Type]map[string][]string{
	reflect.TypeFor[market.Need](): {
		"n.lot_id": {"lot"}, "n.reference": {"reference"}, "n.age_low": {"ageLow"}, "n.age_high": {"ageHigh"}, "n.gender": {"gender"}, "n.primary_need": {"primaryNeed"},
		"to_json(n.other_needs) AS other_needs": {"otherNeeds"}, "n.legal_basis": {"legalBasis"}, "n.home_outcode": {"homeOutcode"},
		"n.travel_miles": {"travelMiles"}, "n.start_from": {"startFrom"}, "n.start_to": {"startTo"}, "n.profile": {"profile"}, "n.outcomes": {"outcomes"},
		"n.recipients_reason IS NOT NULL AS restricted": {"restricted"}, "n.amended_at": {"amendedAt"}, "n.withdrawn_at": {"withdrawnAt", "status"},
		"n.withdraw_reason": {"withdrawReason"}, "n.created_at": {"createdAt"}, "n.deadline": {"deadline", "status"}, "n.questions_until": {"questionsUntil"},
		"n.urgent_reason": {"urgentReason"}, "n.invited": {"invitedCount"}, "n.quality_locked_at": nil, "n.prices_opened_at": nil, "n.ranked_at": {"status"},
		"n.joint": nil, "coalesce(n.rules, '[]') AS stated": {"rules"}, "(SELECT dps.now()) AS as_of": {"status"},
	},
	reflect.TypeFor[market.Offer](): {
		"o.authority_id": nil, "o.setting_id": {"setting"}, "o.received_at": {"receivedAt"}, "o.receipt": {"receipt"}, "o.starts_on": {"startsOn"}, "o.places": {"places"}, "o.needs_met": {"needsMet"},
		"o.outcomes_met": {"outcomesMet"}, "o.assumptions": {"assumptions"},
	},
	reflect.TypeFor[market.Placement](): {
		"p.award_id": nil, "p.authority_id": {"authority"}, "p.route": {"route"}, "p.starts_on": {"startsOn"}, "p.started_at": {"startedAt", "status"}, "p.ended_on": {"endedOn", "status"},
		"coalesce(g.authority_signed_at IS NOT NULL AND g.provider_signed_at IS NOT NULL, false) AS signed": {"status"}, "(SELECT dps.now()) AS as_of": {"status"},
	},
	reflect.TypeFor[market.Provider](): {"p.name": {"name"}, "p.ukprn": {"ukprn"}, "p.company_number": {"companyNumber"}},
	reflect.TypeFor[market.Setting](): {
		"s.kind": {"kind"}, "s.name": {"name"}, "s.urn": {"urn"}, "to_json(s.previous_urns) AS previous_urns": {"previousUrns"}, "s.district": {"district"},
		"s.outcode": {"outcode"}, "s.age_low": {"ageLow"}, "s.age_high": {"ageHigh"}, "to_json(s.needs) AS needs": {"needs"}, "s.places": {"places"},
		"s.vacancies": {"vacancies"}, "s.vacancies_at": {"vacanciesAt"}, "s.establishment_type": {"establishmentType"}, "s.gender": {"gender"},
		"s.section41": {"section41"}, "s.local_authority": {"localAuthority"}, "s.opened_on": {"openedOn"}, "s.closed_on": {"closedOn"},
		"s.directory_changed_on": {"directoryChangedOn"}, "s.imported_at": {"importedAt"},
	},
}

// reckoned are columns that stand in no row and are reckoned for a field of the schema: by its name, where it is asked for.
var reckoned = map[reflect.Type]map[string]string{}

// RegisterReckoned tells how a field of a type is reckoned.
func RegisterReckoned(typ reflect.Type, field, column string) {
	reckoned[typ] = map[string]string{field: column}
}

// AsksAny says whether the request asks for one of the fields of a type; it does where the view was not told what it asks for.
func (v *View) AsksAny(typ reflect.Type, fields []string) bool {
	return v.selection == nil || slices.ContainsFunc(fields, func(field string) bool { return v.selection.asks(typ, field) })
}

// Narrowed are rows with those columns of a type that the request asks for.
func (v *View) Narrowed(typ reflect.Type, rows, keys string) string {
	return v.selection.Narrow(typ, rows, keys)
}

// Narrow leaves out of the rows of a type the columns that the request does not ask for, but for those that order them, and
// reckons what it asks for.
func (s *Selection) Narrow(typ reflect.Type, rows, keys string) string {
	if s == nil {
		return reckoning(typ, rows, func(string) bool { return true })
	}
	key := rowsBy{typ, rows, keys}
	if known, there := s.known.Load(key); there {
		return known.(string)
	}
	for _, part := range parts(typ) {
		for column, fields := range Shown[part] {
			asked := slices.ContainsFunc(fields, func(field string) bool { return s.asks(typ, field) })
			if !asked && !strings.Contains(keys, column) {
				rows = TextsWithout(rows, column)
			}
		}
	}
	rows = reckoning(typ, rows, func(field string) bool { return s.asks(typ, field) })
	s.known.Store(key, rows)
	return rows
}

// reckoning adds the reckoned columns of a type for the fields that are asked for.
func reckoning(typ reflect.Type, rows string, asked func(field string) bool) string {
	for _, part := range parts(typ) {
		for field, column := range reckoned[part] {
			if asked(field) {
				rows = strings.Replace(rows, "SELECT ", "SELECT "+column+", ", 1)
			}
		}
	}
	return rows
}

// rowsBy are rows of a type that have an order.
type rowsBy struct {
	typ        reflect.Type
	rows, keys string
}

// TextsWithout leaves a column out of the columns of a query; the first one of them has to stay.
func TextsWithout(query, column string) string {
	for _, before := range []string{", ", ",\n\t"} {
		for _, after := range []string{",", " FROM", "\n"} {
			if head, tail, found := strings.Cut(query, before+column+after); found {
				return head + after + tail
			}
		}
	}
	return query
}

// Thing is what can be brought along with any row that names it, by a column that is named after it.
type Thing struct {
	Name, rows, id string
	typ            reflect.Type
}

var Things []Thing

// RegisterThing tells of what can be brought along with rows that name it.
func RegisterThing(name, rows, id string, typ reflect.Type) {
	Things = append(Things, Thing{name, rows, id, typ})
}

// stagedColumn is that of a row that names the thing.
func (t Thing) column() string { return t.Name + "_id" }

// With is a row and what came along with it; what is hidden from the reader is nil.
type With[T any] struct {
	Row   T     `db:"row"`
	Place int64 `db:"#"` // in the order of the query; 0 where it has none
	Along struct {
		Need     *market.Need     `db:"need"`
		Lot      *market.Lot      `db:"lot"`
		Provider *market.Provider `db:"provider"`
		Setting  *market.Setting  `db:"setting"`
	} `db:"along"`
}

// hasAlong tells the reader of rows that a type is a with.
func (*With[T]) hasAlong() {}

// RowsOf reads rows of one type, along with them what the request asks of them, and what is below those that are shown: so many at
// most, or all where that is zero. A page, which has an order, reads one row more than it shows.
func RowsOf[T any](ctx context.Context, v *View, shown int, query string, args ...any) ([]*T, error) {
	typ, ordered := reflect.TypeFor[T](), strings.Contains(query, "ORDER BY")
	below := v.belowRows(typ, shown, ordered)
	along := v.along(typ, query)
	if along == nil && below == nil {
		var rows []*T
		err := v.Some(ctx, &rows, query, args...)
		return rows, err
	}
	var found []*With[T]
	if err := v.count(ctx, &found, asked{v.selection.WithAlong(query, along, Joins{Ordered: ordered, above: below != nil, one: shown == 1 && !ordered}), args, list(&found), below}); err != nil {
		return nil, err
	}
	rows, err := apart(v, along, found)
	if err == nil && below != nil {
		err = below.keep(rows)
	}
	return rows, err
}

// apart are rows without what came along with them, which the view knows from now on.
func apart[T any](v *View, along []Thing, found []*With[T]) ([]*T, error) {
	byPlace := func(a, b *With[T]) int { return cmp.Compare(a.Place, b.Place) }
	if !slices.IsSortedFunc(found, byPlace) { // joins keep no order
		slices.SortFunc(found, byPlace)
	}
	rows := make([]*T, len(found))
	for i, row := range found {
		rows[i] = &row.Row
	}
	came := 0
	for _, t := range along {
		came += know(v, t, found)
	}
	return rows, v.Spend(came)
}

// along are the things that a request asks of the rows of a type and that they name.
func (v *View) along(typ reflect.Type, query string) (all []Thing) {
	for _, t := range v.selection.things(typ) {
		if strings.Contains(query, "."+t.column()) && (t.Name != "need" || v.Can("need.read")) {
			all = append(all, t)
		}
	}
	return all
}

// Things are those that the request asks for of a type that can name them.
func (s *Selection) things(typ reflect.Type) (asked []Thing) {
	if s == nil {
		return nil
	}
	if known, there := s.known.Load(typ); there {
		return known.([]Thing)
	}
	for _, t := range Things {
		if _, has := typ.FieldByName(t.typ.Name() + "ID"); has && s.asks(typ, t.Name) {
			asked = append(asked, t)
		}
	}
	s.known.Store(typ, asked)
	return asked
}

// reckons says whether the request asks for something of a type that has to be reckoned.
func (s *Selection) reckons(typ reflect.Type) bool {
	for field := range reckoned[typ] {
		if s.asks(typ, field) {
			return true
		}
	}
	return false
}

// WithAlong reads, with each row of a query, the things that it names, in the order of the query if it has one.
func (s *Selection) WithAlong(query string, along []Thing, j Joins) string {
	for _, t := range along {
		j.things += t.Name + " "
	}
	text, known := s.known.Load(j)
	if !known {
		text = s.join(j, along)
		s.known.Store(j, text)
	}
	around := text.(joined)
	return around.before + query + around.after
}

// Joins are the things that come along with a query.
type Joins struct {
	things  string
	Ordered bool
	above   bool // whether something comes below the rows, and finds them by an id that has a name of its own
	one     bool // whether there is one row at most
}

// joined is what stands before and after a query whose rows things come along with.
type joined struct{ before, after string }

// admitMember joins things to a query. A column that holds nothing, named after the thing, stands before those of each: the reader goes
// by it.
func (s *Selection) join(j Joins, along []Thing) joined {
	columns, once, from := "base.*", "", ""
	if j.above {
		columns = `base.id AS "#id", base.*`
	}
	for _, t := range along {
		columns += fmt.Sprintf(`, NULL AS "along.%[1]s", along_%[1]s.*`, t.Name)
		rows := s.Narrow(t.typ, t.rows, "") + " WHERE " + t.id + " = "
		if s.reckons(t.typ) && !j.one { // once for each thing, and not for each row that names it
			once += fmt.Sprintf(", along_%[1]s AS MATERIALIZED "+ //nolint:misspell // SQL's own word
				"(SELECT r.* FROM (SELECT DISTINCT %[2]s FROM base) named CROSS JOIN LATERAL (%[3]snamed.%[2]s) r)", t.Name, t.column(), rows)
			from += fmt.Sprintf(" LEFT JOIN along_%[1]s ON along_%[1]s.id = base.%[2]s", t.Name, t.column())
		} else {
			from += fmt.Sprintf(" LEFT JOIN LATERAL (%sbase.%s) along_%s ON true", rows, t.column(), t.Name)
		}
	}
	around := joined{"WITH base AS (", ")" + once + " SELECT " + columns + " FROM base" + from}
	if j.Ordered {
		around.before += `SELECT q.*, row_number() OVER () AS "#" FROM (`
		around.after = ") q" + around.after
	}
	return around
}

// know remembers a thing that came along with rows, and that one did not come because the reader may not see it. It counts
// those that were not known before.
func know[T any](v *View, t Thing, found []*With[T]) (count int) {
	named, _ := reflect.TypeFor[T]().FieldByName(t.typ.Name() + "ID")
	came, _ := reflect.TypeFor[With[T]]().Field(2).Type.FieldByName(t.typ.Name())
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.known) == 0 {
		v.known = make(map[uuid.UUID]any, len(found))
	}
	for _, row := range found {
		id := reflect.Indirect(reflect.ValueOf(&row.Row).Elem().FieldByIndex(named.Index))
		if !id.IsValid() {
			continue
		}
		thing := reflect.ValueOf(&row.Along).Elem().FieldByIndex(came.Index).Interface()
		if n, is := thing.(*market.Need); is && n != nil {
			v.needs[n.ID] = n
		}
		key := *id.Addr().Interface().(*uuid.UUID)
		if _, known := v.known[key]; !known {
			v.known[key] = thing
			count++
		}
	}
	return count
}

// NamedBy is where rows of a type have the id of what may come along with them as a field of the schema; nil for another field.
func NamedBy(typ reflect.Type, field string) []int {
	for _, t := range Things {
		if named, has := typ.FieldByName(t.typ.Name() + "ID"); has && t.Name == field {
			return named.Index
		}
	}
	return nil
}

// Came is a thing that came along with something else: a nil pointer where it is hidden, false where it did not come.
func (v *View) Came(id uuid.UUID) (any, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	thing, came := v.known[id]
	return thing, came
}

// Known is Came for a thing of one type.
func Known[T any](v *View, id uuid.UUID) (*T, bool) {
	came, _ := v.Came(id)
	thing, known := came.(*T)
	return thing, known
}
