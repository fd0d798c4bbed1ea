package db

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// This file lets what is read follow what is asked for: a statement leaves out columns that nobody asked for, and brings along
// what its rows belong to, an offer's provider, a placement's need and setting. So a page of things with what they belong to
// is one statement, and not one for each kind of them.

// Selection is which fields a request asks of each type of the schema. Its types are named as those of package market.
type Selection map[string]map[string]bool

// Select tells the view what will be asked for. A view that is not told reads every column and brings nothing along.
func (v *View) Select(s Selection) { v.selection = s }

// asks says whether the request asks for a field of a type.
func (v *View) asks(typ reflect.Type, field string) bool {
	return slices.ContainsFunc(parts(typ), func(part reflect.Type) bool { return v.selection[part.Name()][field] })
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

// shown are columns by the fields of the schema that show them. Nothing else needs them.
var shown = map[reflect.Type]map[string]string{
	reflect.TypeFor[market.Need](): {
		"reference": "n.reference", "ageLow": "n.age_low", "ageHigh": "n.age_high", "gender": "n.gender", "primaryNeed": "n.primary_need",
		"otherNeeds": "to_json(n.other_needs) AS other_needs", "legalBasis": "n.legal_basis", "homeOutcode": "n.home_outcode",
		"travelMiles": "n.travel_miles", "startFrom": "n.start_from", "startTo": "n.start_to", "profile": "n.profile", "outcomes": "n.outcomes",
		"rules": "coalesce(n.rules, '[]') AS stated",
	},
	reflect.TypeFor[market.Offer](): {
		"receipt": "o.receipt", "startsOn": "o.starts_on", "places": "o.places", "needsMet": "o.needs_met", "outcomesMet": "o.outcomes_met",
	},
	reflect.TypeFor[market.Setting](): {
		"urn": "s.urn", "previousUrns": "to_json(s.previous_urns) AS previous_urns", "outcode": "s.outcode", "ageLow": "s.age_low", "ageHigh": "s.age_high",
		"needs": "to_json(s.needs) AS needs", "places": "s.places", "establishmentType": "s.establishment_type", "gender": "s.gender",
		"section41": "s.section41", "localAuthority": "s.local_authority", "openedOn": "s.opened_on",
	},
}

// narrow leaves out of the rows of a type the columns that the request does not ask for. What comes first or orders them stays.
func (v *View) narrow(typ reflect.Type, rows, keys string) string {
	if v.selection == nil {
		return rows
	}
	for _, part := range parts(typ) {
		for field, column := range shown[part] {
			if !v.asks(typ, field) && !strings.Contains(keys, column) {
				rows = without(rows, column)
			}
		}
	}
	return rows
}

// without leaves a column out of the first list of columns of a query.
func without(query, column string) string {
	for _, end := range []string{",", " FROM", "\n"} {
		if before, after, found := strings.Cut(query, ", "+column+end); found {
			return before + end + after
		}
		if before, after, found := strings.Cut(query, ",\n\t"+column+end); found {
			return before + end + after
		}
	}
	return query
}

// thing is what can be brought along with any row that names it, by a column that is named after it.
type thing struct {
	name, rows, id string
	typ            reflect.Type
}

var things = []thing{
	{"need", needRows, "n.id", reflect.TypeFor[market.Need]()},
	{"lot", lotRows, "l.id", reflect.TypeFor[market.Lot]()},
	{"provider", providerRows, "p.id", reflect.TypeFor[market.Provider]()},
	{"setting", settingRows, "s.id", reflect.TypeFor[market.Setting]()},
}

// column is that of a row that names the thing.
func (t thing) column() string { return t.name + "_id" }

// namedBy says whether a type names the thing, and a query reads that.
func (t thing) namedBy(typ reflect.Type, query string) bool {
	_, has := typ.FieldByName(t.typ.Name() + "ID")
	return has && strings.Contains(query, "."+t.column())
}

// with is a row and what came along with it; what is hidden from the reader is nil.
type with[T any] struct {
	Row   T `db:"row"`
	Along struct {
		Need     *market.Need     `db:"need"`
		Lot      *market.Lot      `db:"lot"`
		Provider *market.Provider `db:"provider"`
		Setting  *market.Setting  `db:"setting"`
	} `db:"along"`
}

// hasAlong tells the reader of rows that a type is a with.
func (*with[T]) hasAlong() {}

// rowsOf reads rows of one type, and along with them what the request asks of them.
func rowsOf[T any](ctx context.Context, v *View, query string, args ...any) ([]*T, error) {
	along := v.along(reflect.TypeFor[T](), query)
	if along == nil {
		var rows []*T
		return rows, v.some(ctx, &rows, query, args...)
	}
	var found []*with[T]
	if err := v.some(ctx, &found, v.withAlong(query, along), args...); err != nil {
		return nil, err
	}
	rows := make([]*T, len(found))
	for i, row := range found {
		rows[i] = &row.Row
	}
	for _, t := range along {
		know(v, t, found)
	}
	return rows, v.spend(len(rows) * len(along))
}

// along are the things that a request asks of the rows of a type and that they name.
func (v *View) along(typ reflect.Type, query string) (all []thing) {
	for _, t := range things {
		if v.asks(typ, t.name) && t.namedBy(typ, query) && (t.name != "need" || v.can("need.read")) {
			all = append(all, t)
		}
	}
	return all
}

// withAlong reads, with each row of a query, the things that it names, in the order of the query. An unnamed column stands
// before those of each thing.
func (v *View) withAlong(query string, along []thing) string {
	columns, joins := "base.*", ""
	for _, t := range along {
		columns += fmt.Sprintf(`, NULL AS "along.%[1]s", along_%[1]s.*`, t.name)
		joins += fmt.Sprintf(" LEFT JOIN LATERAL (%s WHERE %s = base.%s) along_%s ON true", v.narrow(t.typ, t.rows, ""), t.id, t.column(), t.name)
	}
	return "SELECT " + columns + ` FROM (SELECT q.*, row_number() OVER () AS "#" FROM (` + query + ") q) base" + joins + ` ORDER BY base."#"`
}

// know remembers a thing that came along with rows, and that one did not come because the reader may not see it.
func know[T any](v *View, t thing, found []*with[T]) {
	named, _ := reflect.TypeFor[T]().FieldByName(t.typ.Name() + "ID")
	came, _ := reflect.TypeOf(found).Elem().Elem().Field(1).Type.FieldByName(t.typ.Name())
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, row := range found {
		id := reflect.Indirect(reflect.ValueOf(&row.Row).Elem().FieldByIndex(named.Index))
		if !id.IsValid() {
			continue
		}
		thing := reflect.ValueOf(&row.Along).Elem().FieldByIndex(came.Index).Interface()
		if n, is := thing.(*market.Need); is && n != nil {
			v.needs[n.ID] = n
		}
		v.known[*id.Addr().Interface().(*uuid.UUID)] = thing
	}
}

// Known is a thing that came along with something else: nil where it is hidden, false where it did not come.
func Known[T any](v *View, id uuid.UUID) (*T, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	thing, known := v.known[id].(*T)
	return thing, known
}
