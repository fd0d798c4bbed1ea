package db

import (
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq/oid"

	"github.com/southeasttogether/dps/market"
)

// field is a column of a record, as record_send writes it; nil is nothing.
type field struct {
	typ oid.Oid
	raw []byte
}

// RecordEvent is what record_send makes of columns.
func record(fields ...field) string {
	raw := binary.BigEndian.AppendUint32(nil, uint32(len(fields)))
	for _, f := range fields {
		raw = binary.BigEndian.AppendUint32(raw, uint32(f.typ))
		if f.raw == nil {
			raw = binary.BigEndian.AppendUint32(raw, math.MaxUint32)
			continue
		}
		raw = append(binary.BigEndian.AppendUint32(raw, uint32(len(f.raw))), f.raw...)
	}
	return string(raw)
}

// filled is a value of a type, read from one row.
func filled[T any](columns []string, row ...field) (value T, err error) {
	r, err := NewReader(reflect.TypeFor[T](), columns)
	if err == nil {
		err = r.Fill(reflect.ValueOf(&value).Elem(), record(row...))
	}
	return value, err
}

func text(s string) field       { return field{oid.T_text, []byte(s)} }
func idOf(of uuid.UUID) field   { return field{oid.T_uuid, of[:]} }
func nothing(typ oid.Oid) field { return field{typ, nil} }

type inner struct {
	Name string `db:"name"`
}

type synthetic struct {
	inner
	ID      uuid.UUID  `db:"id"`
	Maybe   *uuid.UUID `db:"maybe"`
	Count   int        `db:"count"`
	At      *time.Time `db:"at"`
	Metres  *float64   `db:"metres"`
	Allowed bool       `db:"allowed"`
	Raw     []byte     `db:"raw"`
}

// An error of reading names the column and its type, and repeats no value.
func TestWhatCannotBeReadIsAnErrorWithoutTheValue(t *testing.T) {
	for column, value := range map[string]field{
		"name": {oid.T_int4, []byte("secr")}, "count": text("secret"), "allowed": text("secret"), "at": text("secret"), "metres": text("secret"), "maybe": text("secret"),
		"id": {oid.T_uuid, []byte("secret")}, "raw": {oid.T_int4, []byte("secr")},
	} {
		if _, err := filled[synthetic]([]string{column}, value); err == nil || !strings.Contains(err.Error(), "column "+column) || strings.Contains(err.Error(), "secr") {
			t.Errorf("%s: %v", column, err)
		}
	}
	for column, typ := range map[string]oid.Oid{"name": oid.T_text, "count": oid.T_int4, "allowed": oid.T_bool} {
		if _, err := filled[synthetic]([]string{column}, nothing(typ)); err == nil || !strings.Contains(err.Error(), "nothing") {
			t.Errorf("nothing became a %s: %v", column, err)
		}
	}
	if _, err := filled[synthetic]([]string{"unknown"}, text("x")); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("a column without a field: %v", err)
	}
	if _, err := filled[int](nil, field{oid.T_int4, []byte{0, 0, 0, 1}}, field{oid.T_int4, []byte{0, 0, 0, 2}}); err == nil {
		t.Error("two columns became one value")
	}
}

// A record that ends too early is an error, wherever it is cut.
func TestARecordThatEndsTooEarlyIsAnError(t *testing.T) {
	whole := record(idOf(uuid.New()), text("Synthetic"))
	r, err := NewReader(reflect.TypeFor[synthetic](), []string{"id", "name"})
	if err != nil {
		t.Fatal(err)
	}
	for cut := range whole {
		if err := r.Fill(reflect.ValueOf(&synthetic{}).Elem(), whole[:cut]); err == nil {
			t.Errorf("cut after %d bytes of %d", cut, len(whole))
		}
	}
	if err := r.Fill(reflect.ValueOf(&synthetic{}).Elem(), whole); err != nil {
		t.Error(err)
	}
}

// What comes along with a row is a thing of its own, and nothing where it is hidden.
func TestThingsComeAlong(t *testing.T) {
	need, provider := uuid.New(), uuid.New()
	columns := []string{"id", "provider_id", "#", "along.need", "id", "reference", "along.provider", "id", "name", "ukprn"}
	first := []field{idOf(uuid.New()), idOf(provider), {oid.T_int8, make([]byte, 8)}}
	got, err := filled[With[market.Offer]](columns, append(first, nothing(oid.T_text), nothing(oid.T_uuid), nothing(oid.T_text),
		nothing(oid.T_text), idOf(provider), text("Synthetic"), nothing(oid.T_text))...)
	if err != nil || got.Along.Need != nil || got.Along.Provider == nil || got.Along.Provider.Name != "Synthetic" || got.Row.ProviderID != provider {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = filled[With[market.Offer]](columns, append(first, nothing(oid.T_text), idOf(need), text("N-SYN"),
		nothing(oid.T_text), nothing(oid.T_uuid), nothing(oid.T_text), nothing(oid.T_text))...)
	if err != nil || got.Along.Provider != nil || got.Along.Need == nil || got.Along.Need.ID != need {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A column that nobody asks for is left out of a statement, wherever it stands; the first and those that order it stay. One that
// stands in no row is reckoned where it is asked for.
func TestColumnsAreLeftOut(t *testing.T) {
	asked := func(fields ...string) *Selection {
		of := map[string]bool{}
		for _, f := range fields {
			of[f] = true
		}
		return NewSelection(map[string]map[string]bool{"Provider": of})
	}
	provider := reflect.TypeFor[market.Provider]()
	for _, c := range []struct {
		selection  *Selection
		keys, want string
	}{
		{nil, "", "SELECT " + FiguresSQL("provider_id", "p.id") + ", p.id, p.name, p.ukprn, p.company_number FROM provider p"},
		{asked("figures"), "", "SELECT " + FiguresSQL("provider_id", "p.id") + ", p.id FROM provider p"},
		{asked("name", "ukprn", "companyNumber"), "", "SELECT p.id, p.name, p.ukprn, p.company_number FROM provider p"},
		{asked("name"), "", "SELECT p.id, p.name FROM provider p"},
		{asked("companyNumber"), "", "SELECT p.id, p.company_number FROM provider p"},
		{asked(), "p.name, p.id", "SELECT p.id, p.name FROM provider p"},
		{asked(), "", "SELECT p.id FROM provider p"},
	} {
		if got := c.selection.Narrow(provider, ProviderRows, c.keys); got != c.want {
			t.Errorf("%q by %q: %s", c.want, c.keys, got)
		}
	}
	for typ, columns := range Shown {
		rows := map[reflect.Type]string{
			reflect.TypeFor[market.Need](): NeedRows, reflect.TypeFor[market.Offer](): OpenedOfferRows, reflect.TypeFor[market.Placement](): PlacementRows,
			provider: ProviderRows, reflect.TypeFor[market.Setting](): SettingRows,
		}[typ]
		for column := range columns {
			if TextsWithout(rows, column) == rows {
				t.Errorf("the rows of a %s have no column %q to leave out", typ.Name(), column)
			}
		}
	}
}
