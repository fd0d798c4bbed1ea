package session

import (
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq/oid"
)

// value is a value in PostgreSQL's binary form. Each of its methods says what it holds as one kind of Go value, or that it does not.
type value struct {
	typ  oid.Oid
	raw  string
	null bool
}

// takeNumber takes a number of four bytes from the front of a text.
func takeNumber(raw *string) (int, bool) {
	if len(*raw) < 4 {
		return 0, false
	}
	n := int(int32(number((*raw)[:4]))) //nolint:gosec // it is one of 32 bits, with its sign
	*raw = (*raw)[4:]
	return n, true
}

// takeValue takes a value of a type from the front of a text: its length or -1 for null, its bytes.
func takeValue(typ oid.Oid, raw *string) (value, bool) {
	length, ok := takeNumber(raw)
	if !ok || length > len(*raw) {
		return value{}, false
	}
	v := value{typ: typ, null: length < 0}
	if !v.null {
		v.raw, *raw = (*raw)[:length], (*raw)[length:]
	}
	return v, true
}

// number is what big-endian bytes count.
func number(raw string) (n uint64) {
	for i := range len(raw) {
		n = n<<8 | uint64(raw[i])
	}
	return n
}

// mismatch says which type was not expected, and not what was in it.
func (v value) mismatch(typ reflect.Type) error {
	if v.null {
		return fmt.Errorf("null for a %s", typ)
	}
	name := oid.TypeName[v.typ]
	if name == "" {
		name = "type " + strconv.Itoa(int(v.typ))
	}
	return fmt.Errorf("a %s for a %s", name, typ)
}

func (v value) bool() (bool, bool) {
	return v.raw == "\x01", v.typ == oid.T_bool && len(v.raw) == 1
}

func (v value) int() (int64, bool) {
	switch {
	case v.typ == oid.T_int2 && len(v.raw) == 2:
		return int64(int16(number(v.raw))), true //nolint:gosec // with its sign, as below
	case v.typ == oid.T_int4 && len(v.raw) == 4:
		return int64(int32(number(v.raw))), true //nolint:gosec // see above
	case v.typ == oid.T_int8 && len(v.raw) == 8:
		return int64(number(v.raw)), true //nolint:gosec // see above
	case v.typ == oid.T_numeric:
		text, ok := v.numeric()
		whole, err := strconv.ParseInt(text, 10, 64)
		return whole, ok && err == nil
	}
	return 0, false
}

func (v value) float() (float64, bool) {
	return math.Float64frombits(number(v.raw)), v.typ == oid.T_float8 && len(v.raw) == 8
}

// epoch is where PostgreSQL counts microseconds and days from.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// time is a moment, or the beginning of a day. An infinite one is none.
func (v value) time() (time.Time, bool) {
	switch {
	case v.typ == oid.T_timestamptz && len(v.raw) == 8:
		micros := int64(number(v.raw)) //nolint:gosec // with its sign
		return time.UnixMicro(epoch.UnixMicro() + micros).UTC(), micros != math.MaxInt64 && micros != math.MinInt64
	case v.typ == oid.T_date && len(v.raw) == 4:
		days := int32(number(v.raw)) //nolint:gosec // with its sign
		return epoch.AddDate(0, 0, int(days)), days != math.MaxInt32 && days != math.MinInt32
	}
	return time.Time{}, false
}

// text is a text, or what is written as one: JSON, an id, a decimal number.
func (v value) text() (string, bool) {
	if v.null {
		return "", false
	}
	switch v.typ {
	case oid.T_text, oid.T_varchar, oid.T_bpchar, oid.T_name, oid.T_json, oid.T_unknown:
		return v.raw, true
	case oid.T_jsonb:
		return strings.CutPrefix(v.raw, "\x01") // the version of its form
	case oid.T_uuid:
		id, err := uuid.FromBytes([]byte(v.raw))
		return id.String(), err == nil
	case oid.T_numeric:
		return v.numeric()
	}
	return "", false
}

func (v value) bytes() ([]byte, bool) {
	if v.typ == oid.T_bytea {
		return []byte(v.raw), !v.null
	}
	text, ok := v.text()
	return []byte(text), ok
}

// plain is what a Scanner takes.
func (v value) plain() (driver.Value, bool) {
	if v.null {
		return nil, true
	}
	switch v.typ {
	case oid.T_bool:
		return v.bool()
	case oid.T_int2, oid.T_int4, oid.T_int8:
		return v.int()
	case oid.T_float8:
		return v.float()
	case oid.T_timestamptz, oid.T_date:
		return v.time()
	case oid.T_bytea:
		return v.bytes()
	}
	return v.text()
}

// numeric is a decimal number as PostgreSQL writes it. Its digits count to ten thousand; weight says how many of them, less one, stand
// before the point.
func (v value) numeric() (string, bool) {
	if v.typ != oid.T_numeric || len(v.raw) < 8 {
		return "", false
	}
	field := func(i int) int { return int(int16(number(v.raw[2*i : 2*i+2]))) } //nolint:gosec // of two bytes, with its sign
	count, weight, sign, scale := field(0), field(1), field(2), field(3)
	if len(v.raw) != 8+2*count || sign != 0 && sign != 0x4000 {
		return "", false // not a number, or an infinite one
	}
	digits := func(from, to int) (text string) {
		for i := from; i < to; i++ {
			if i < 0 || i >= count {
				text += "0000"
			} else {
				text += fmt.Sprintf("%04d", field(4+i))
			}
		}
		return text
	}
	text := strings.TrimLeft(digits(0, weight+1), "0")
	if text == "" {
		text = "0"
	}
	if scale > 0 {
		text += "." + digits(weight+1, weight+1+(scale+3)/4)[:scale]
	}
	if sign != 0 {
		text = "-" + text
	}
	return text, true
}
