package market

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// ID is an object's id as clients see it, "need_" and 32 hexadecimal digits, opaque to them. Kind is the part before
// the underscore. UUIDs are random and unique over all kinds, so an id of the wrong kind finds nothing.
type ID struct {
	Kind string
	UUID uuid.UUID
}

// MarshalGQL writes the id as a string.
func (id ID) MarshalGQL(w io.Writer) { _, _ = w.Write(id.AppendJSON(nil)) }

// AppendJSON appends the id as a string.
func (id ID) AppendJSON(to []byte) []byte {
	to = append(append(append(to, '"'), id.Kind...), '_')
	return append(hex.AppendEncode(to, id.UUID[:]), '"')
}

var idForm = regexp.MustCompile(`^[a-z]{1,20}_[0-9a-f]{32}$`)

// UnmarshalGQL reads an id exactly as it was written. A text that is not an id is an error of the caller.
func (id *ID) UnmarshalGQL(v any) error {
	text, _ := v.(string)
	if len(text) > 60 || !idForm.MatchString(text) {
		return fmt.Errorf("an id is written as this service gave it: a kind, an underscore and 32 hexadecimal digits")
	}
	kind, digits, _ := strings.Cut(text, "_")
	*id = ID{Kind: kind}
	_, err := hex.Decode(id.UUID[:], []byte(digits))
	return err
}

// String is the id as clients write it.
func (id ID) String() string { return strings.Trim(string(id.AppendJSON(nil)), `"`) }

// MarshalText gives ids in request hashes.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.Kind + "_" + id.UUID.String()), nil }

// Decimal is an exact decimal, written as a string; money is in pounds sterling.
type Decimal struct{ decimal.Decimal }

// Pounds reads an exact amount from its text. It panics if the text is not an amount, so it is only for constants.
func Pounds(text string) Decimal { return Decimal{decimal.RequireFromString(text)} }

// MarshalGQL writes at least two decimals.
func (d Decimal) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(d.Text())) }

// Text is the decimal with at least two places.
func (d Decimal) Text() string {
	if d.Exponent() < -2 {
		return d.String()
	}
	return d.StringFixed(2)
}

var decimalForm = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,2})?$`)

// UnmarshalGQL reads a string or a number of at most 12 digits before and 2 after the point. It does not accept an
// exponent, which would let a short text cause much arithmetic.
func (d *Decimal) UnmarshalGQL(v any) error {
	text := fmt.Sprint(v)
	if !decimalForm.MatchString(text) {
		return fmt.Errorf("a decimal is written such as 1250.00, with at most 12 digits before the point and 2 after it")
	}
	parsed, err := decimal.NewFromString(text)
	d.Decimal = parsed
	return err
}

// Date is a calendar date in UK civil time, held as midnight UTC.
type Date struct{ time.Time }

// NewDate makes a date.
func NewDate(year int, month time.Month, day int) Date {
	return Date{time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
}

// MarshalGQL writes YYYY-MM-DD.
func (d Date) MarshalGQL(w io.Writer) {
	_, _ = w.Write(d.AppendJSON(nil))
}

// AppendJSON appends the date as a string.
func (d Date) AppendJSON(to []byte) []byte {
	return append(d.AppendFormat(append(to, '"'), time.DateOnly), '"')
}

func (d Date) String() string { return d.Format(time.DateOnly) }

// UnmarshalGQL reads YYYY-MM-DD, in a year that someone alive now may see or have seen.
func (d *Date) UnmarshalGQL(v any) error {
	text, _ := v.(string)
	parsed, err := time.Parse(time.DateOnly, text)
	if err != nil || parsed.Year() < 1900 || parsed.Year() > 2199 {
		return fmt.Errorf("a date is written YYYY-MM-DD, in a year from 1900 to 2199")
	}
	d.Time = parsed
	return nil
}

// Scan reads a date column.
func (d *Date) Scan(v any) error {
	at, ok := v.(time.Time)
	if !ok {
		return fmt.Errorf("not a date: %T", v)
	}
	d.Time = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	return nil
}

// Texts is a list of short texts; it is read from a JSON array (to_json of a text[] column).
type Texts []string

// Scan reads a JSON array; null leaves no list, which is another thing than an empty one.
func (t *Texts) Scan(v any) error {
	if v == nil {
		*t = nil
		return nil
	}
	return scanArray(v, t)
}

// IDs are kept as an array.
type IDs []uuid.UUID

// Scan reads a JSON array.
func (i *IDs) Scan(v any) error { return scanArray(v, i) }

// With adds an id, if there is one and it is not among them.
func (i IDs) With(id *uuid.UUID) IDs {
	if id == nil || slices.Contains(i, *id) {
		return i
	}
	return append(i, *id)
}

// Strings are the ids as texts.
func (i IDs) Strings() []string {
	all := make([]string, len(i))
	for n, id := range i {
		all[n] = id.String()
	}
	return all
}

func scanArray(v, into any) error {
	switch raw := v.(type) {
	case []byte:
		return json.Unmarshal(raw, into)
	case string:
		return json.Unmarshal([]byte(raw), into)
	default:
		return fmt.Errorf("not a JSON array: %T", v)
	}
}
