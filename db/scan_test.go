package db

import (
	"database/sql/driver"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// filled is a value of a type, read from one row.
func filled[T any](columns []string, row ...driver.Value) (value T, err error) {
	r, err := newReader(reflect.TypeFor[T](), columns)
	if err == nil {
		err = r.fill(reflect.ValueOf(&value).Elem(), row)
	}
	return value, err
}

type inner struct {
	Name string `db:"name"`
}

type read struct {
	inner
	ID      uuid.UUID      `db:"id"`
	Maybe   *uuid.UUID     `db:"maybe"`
	Count   int            `db:"count"`
	Route   market.Route   `db:"route"`
	Weekly  market.Decimal `db:"weekly"`
	Texts   market.Texts   `db:"texts"`
	At      *time.Time     `db:"at"`
	Raw     []byte         `db:"raw"`
	Metres  *float64       `db:"metres"`
	Allowed bool           `db:"allowed"`
}

func TestRowsBecomeValues(t *testing.T) {
	id, at := uuid.New(), time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	raw := []byte("synthetic")
	got, err := filled[read]([]string{"name", "id", "maybe", "count", "route", "weekly", "texts", "at", "raw", "metres", "allowed"},
		"Synthetic", []byte(id.String()), []byte(id.String()), []byte("12"), []byte("SPOT"), []byte("1200.50"), []byte(`["a", "b"]`), at, raw, 1.5, true)
	if err != nil {
		t.Fatal(err)
	}
	copy(raw, "OVERWRITE") // as the driver does for the next row
	if got.Name != "Synthetic" || got.ID != id || *got.Maybe != id || got.Count != 12 || got.Route != "SPOT" || got.Weekly.Text() != "1200.50" ||
		len(got.Texts) != 2 || !got.At.Equal(at) || string(got.Raw) != "synthetic" || *got.Metres != 1.5 || !got.Allowed {
		t.Errorf("got %+v", got)
	}
	if got, err = filled[read]([]string{"maybe", "at", "raw", "metres"}, nil, nil, nil, nil); err != nil || got.Maybe != nil || got.At != nil || got.Raw != nil || got.Metres != nil {
		t.Errorf("of nothing: %+v, %v", got, err)
	}
	if n, err := filled[int]([]string{"count"}, int64(3)); n != 3 || err != nil {
		t.Errorf("a value of one column: %d, %v", n, err)
	}
	if last, err := filled[*time.Time]([]string{"max"}, nil); last != nil || err != nil {
		t.Errorf("no value of one column: %v, %v", last, err)
	}
}

// An error of reading names the column and repeats no value.
func TestWhatCannotBeReadIsAnErrorWithoutTheValue(t *testing.T) {
	for column, value := range map[string]driver.Value{"name": int64(73), "count": "seventy", "allowed": "secret", "at": "secret", "metres": "secret", "maybe": "secret"} {
		if _, err := filled[read]([]string{column}, value); err == nil || !strings.Contains(err.Error(), "column "+column) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", column, err)
		}
	}
	if _, err := filled[read]([]string{"name"}, nil); err == nil {
		t.Error("nothing became a text")
	}
	if _, err := filled[read]([]string{"unknown"}, "x"); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("a column without a field: %v", err)
	}
	if _, err := filled[int]([]string{"a", "b"}, int64(1), int64(2)); err == nil {
		t.Error("two columns became one value")
	}
}

// What comes along with a row is a thing of its own, and nothing where it is hidden.
func TestThingsComeAlong(t *testing.T) {
	need, provider := uuid.New(), uuid.New()
	columns := []string{"id", "provider_id", "#", "along.need", "id", "reference", "along.provider", "id", "name", "ukprn"}
	got, err := filled[with[market.Offer]](columns, []byte(uuid.NewString()), []byte(provider.String()), int64(1),
		nil, nil, nil, nil, []byte(provider.String()), "Synthetic", nil)
	if err != nil || got.Along.Need != nil || got.Along.Provider == nil || got.Along.Provider.Name != "Synthetic" || got.Row.ProviderID != provider {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = filled[with[market.Offer]](columns, []byte(uuid.NewString()), []byte(provider.String()), int64(1),
		nil, []byte(need.String()), "N-SYN", nil, nil, nil, nil)
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
		{nil, "", "SELECT " + figuresOf("provider_id", "p.id") + ", p.id, p.name, p.ukprn, p.company_number FROM provider p"},
		{asked("figures"), "", "SELECT " + figuresOf("provider_id", "p.id") + ", p.id FROM provider p"},
		{asked("name", "ukprn", "companyNumber"), "", "SELECT p.id, p.name, p.ukprn, p.company_number FROM provider p"},
		{asked("name"), "", "SELECT p.id, p.name FROM provider p"},
		{asked("companyNumber"), "", "SELECT p.id, p.company_number FROM provider p"},
		{asked(), "p.name, p.id", "SELECT p.id, p.name FROM provider p"},
		{asked(), "", "SELECT p.id FROM provider p"},
	} {
		if got := c.selection.narrow(provider, providerRows, c.keys); got != c.want {
			t.Errorf("%q by %q: %s", c.want, c.keys, got)
		}
	}
	for typ, columns := range shown {
		rows := map[reflect.Type]string{
			reflect.TypeFor[market.Need](): needRows, reflect.TypeFor[market.Offer](): openedRows, reflect.TypeFor[market.Placement](): placementRows,
			provider: providerRows, reflect.TypeFor[market.Setting](): settingRows,
		}[typ]
		for column := range columns {
			if without(rows, column) == rows {
				t.Errorf("the rows of a %s have no column %q to leave out", typ.Name(), column)
			}
		}
	}
}
