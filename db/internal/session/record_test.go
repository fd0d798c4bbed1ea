package session

import (
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/lib/pq/oid"
)

// sent is a column of a record, as record_send writes it; nil is null.
type sent struct {
	typ oid.Oid
	raw []byte
}

// record is what record_send makes of columns.
func record(columns ...sent) []byte {
	raw := binary.BigEndian.AppendUint32(nil, uint32(len(columns)))
	for _, c := range columns {
		raw = binary.BigEndian.AppendUint32(raw, uint32(c.typ))
		if c.raw == nil {
			raw = binary.BigEndian.AppendUint32(raw, math.MaxUint32)
			continue
		}
		raw = append(binary.BigEndian.AppendUint32(raw, uint32(len(c.raw))), c.raw...)
	}
	return raw
}

// decoded is a value of a type, read from one record.
func decoded[T any](names []string, columns ...sent) (value T, err error) {
	l, err := NewLayout(reflect.TypeFor[T](), names...)
	if err == nil {
		err = l.decodeRecord(reflect.ValueOf(&value).Elem(), pgtype.NewMap(), record(columns...))
	}
	return value, err
}

func text(s string) sent    { return sent{oid.T_text, []byte(s)} }
func id(of uuid.UUID) sent  { return sent{oid.T_uuid, of[:]} }
func null(typ oid.Oid) sent { return sent{typ, nil} }

type embedded struct {
	Name string `db:"name"`
}

type period struct {
	From  time.Time `db:"from"`
	Until time.Time `db:"until"`
}

type synthetic struct {
	embedded
	ID      uuid.UUID  `db:"id"`
	Maybe   *uuid.UUID `db:"maybe"`
	Count   int        `db:"count"`
	At      *time.Time `db:"at"`
	Metres  *float64   `db:"metres"`
	Allowed bool       `db:"allowed"`
	Raw     []byte     `db:"raw"`
	Period  *period    `db:"period"`
}

func TestDecodeErrorNamesColumnAndTypeWithoutValue(t *testing.T) {
	for column, value := range map[string]sent{
		"count": text("secret"), "allowed": text("secret"), "at": text("secret"), "metres": text("secret"),
		"maybe": text("secret"),
		"id":    {oid.T_uuid, []byte("secret")},
	} {
		if _, err := decoded[synthetic]([]string{column}, value); err == nil || !strings.Contains(err.Error(), "column "+column) ||
			strings.Contains(err.Error(), "secr") {
			t.Errorf("%s: %v", column, err)
		}
	}
	for column, typ := range map[string]oid.Oid{"name": oid.T_text, "count": oid.T_int4, "allowed": oid.T_bool} {
		if _, err := decoded[synthetic]([]string{column}, null(typ)); err == nil || !strings.Contains(err.Error(), "null") {
			t.Errorf("null became a %s: %v", column, err)
		}
	}
	if _, err := decoded[int](nil, sent{oid.T_int4, []byte{0, 0, 0, 1}}, sent{oid.T_int4, []byte{0, 0, 0, 2}}); err == nil {
		t.Error("two columns became one value")
	}
}

func TestLayoutNeedsAFieldForEachColumn(t *testing.T) {
	if _, err := NewLayout(reflect.TypeFor[synthetic](), "id", "unknown"); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("a column without a field: %v", err)
	}
}

func TestLayoutNamesFieldsThatNoColumnFills(t *testing.T) {
	for _, c := range []struct{ columns, unfilled []string }{
		{[]string{"id", "maybe", "count", "at", "metres", "allowed", "raw", "name", "period.from", "period.until"}, nil},
		{[]string{"id", "maybe", "count", "at", "metres", "allowed", "raw", "name"}, []string{"period", "period.from", "period.until"}},
		{[]string{"id", "maybe", "at", "metres", "allowed", "raw", "period.from"}, []string{"count", "name", "period.until"}},
	} {
		l, err := NewLayout(reflect.TypeFor[synthetic](), c.columns...)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(slices.Values(l.Unfilled())); !slices.Equal(got, c.unfilled) {
			t.Errorf("%v leave %v, want %v", c.columns, got, c.unfilled)
		}
	}
}

func TestNestedStructIsAbsentWhereItsColumnsAreNull(t *testing.T) {
	names := []string{"id", "period.from", "period.until"}
	got, err := decoded[synthetic](names, id(uuid.New()), null(oid.T_timestamptz), null(oid.T_timestamptz))
	if err != nil || got.Period != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = decoded[synthetic](names, id(uuid.New()), sent{oid.T_timestamptz, make([]byte, 8)}, sent{oid.T_timestamptz, make([]byte, 8)})
	if err != nil || got.Period == nil || !got.Period.From.Equal(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCutRecordIsAnError(t *testing.T) {
	whole := record(id(uuid.New()), text("Synthetic"))
	l, err := NewLayout(reflect.TypeFor[synthetic](), "id", "name")
	if err != nil {
		t.Fatal(err)
	}
	for cut := range whole {
		if err := l.decodeRecord(reflect.ValueOf(&synthetic{}).Elem(), pgtype.NewMap(), whole[:cut]); err == nil {
			t.Errorf("cut after %d bytes of %d", cut, len(whole))
		}
	}
	if err := l.decodeRecord(reflect.ValueOf(&synthetic{}).Elem(), pgtype.NewMap(), whole); err != nil {
		t.Error(err)
	}
}
