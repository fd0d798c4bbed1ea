package market

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/southeasttogether/dps/market/idkind"
)

type scalar interface{ UnmarshalGQL(any) error }

// marshalledText is the text that a scalar writes: the content of one JSON string, and nothing else.
func marshalledText(t interface{ Fatal(...any) }, v interface{ MarshalGQL(io.Writer) }) string {
	var raw bytes.Buffer
	v.MarshalGQL(&raw)
	var text string
	if err := json.Unmarshal(raw.Bytes(), &text); err != nil {
		t.Fatal(err)
	}
	return text
}

func TestScalarsRefuse(t *testing.T) {
	id := "need_0123456789abcdef0123456789abcdef"
	for name, c := range map[string]struct {
		into scalar
		bad  []any
	}{
		"id": {&ID{}, []any{
			nil, 1, true, "", "_", "need", "need_", id[5:], id[:36], id + "0", strings.ToUpper(id), "NEED" + id[4:], `ne"ed` + id[4:], "ne ed" +
				id[4:],
			" " + id, id + "\n", "need_" + id, strings.Repeat("a", 21) + id[4:], "need_0123456789abcdef0123456789abcdeg", "need-" + id[5:],
			"need_01234567-89ab-cdef-0123-456789abcdef", "need_٠123456789abcdef0123456789abcdef", strings.Repeat("need_", 1<<16),
		}},
		"decimal": {&Decimal{}, []any{
			nil, true, "", " ", ".", "-", "1.", ".5", "+1", "--1", "1.234", "1234567890123", "1,250.00", "£5", "1e2", "1E2", "1e999999999",
			"1e-999999999",
			"NaN", "Inf", "-Infinity", "0x10", "1_000", "１２", "٣", " 1", "1 ", "1\n", math.NaN(), math.Inf(1), 1e21, 0.1234, json.Number("1e400"),
			[]any{"1"},
			map[string]any{},
			strings.Repeat("9", 1<<20),
		}},
		"date": {&Date{}, []any{
			nil, 20260101, true, "", "0000-00-00", "0000-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "2026-00-10", "2026-13-01", "2026-02-30",
			"2027-02-29", "2026-04-31", "2026-1-5", "26-01-05", "2026/01/05", "2026-01-05T00:00:00Z", " 2026-01-05", "2026-01-05 ", "２026-01-05",
			"05-01-2026", "+2026-01-05", "-2026-01-05", "2026-01-0x",
		}},
	} {
		for _, bad := range c.bad {
			if err := c.into.UnmarshalGQL(bad); err == nil {
				t.Errorf("%s: %.60v is read as %v", name, bad, c.into)
			} else if text, ok := bad.(string); ok && len(text) > 4 && strings.Contains(err.Error(), text) {
				t.Errorf("%s: the error repeats %.60q", name, text)
			}
		}
	}
}

func TestDecimalReads(t *testing.T) {
	for in, want := range map[any]string{
		"0": "0.00", "-0": "0.00", "1250": "1250.00", "1250.5": "1250.50", "0.01": "0.01", "-3.10": "-3.10", "007": "7.00",
		"999999999999.99": "999999999999.99",
		12:                "12.00", 0.25: "0.25", json.Number("99.9"): "99.90",
	} {
		var d Decimal
		if err := d.UnmarshalGQL(in); err != nil || d.Text() != want {
			t.Errorf("%v is read as %s, %v", in, d.Text(), err)
		}
	}
	if got := (Decimal{decimal.RequireFromString("3.6667")}).Text(); got != "3.6667" {
		t.Errorf("more decimals than two are shown as %s", got)
	}
}

func TestDateReads(t *testing.T) {
	for _, in := range []string{"1900-01-01", "2024-02-29", "2026-11-25", "2199-12-31"} {
		var d Date
		if err := d.UnmarshalGQL(in); err != nil || d.String() != in || d.Location() != time.UTC || d.Hour() != 0 {
			t.Errorf("%s is read as %v, %v", in, d, err)
		}
	}
}

func TestDateOfAColumnIsItsCalendarDay(t *testing.T) {
	for _, at := range []time.Time{
		time.Date(2026, 7, 1, 0, 0, 0, 0, London), time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 23, 0, 0,
			0, time.FixedZone("", 0)),
	} {
		var d Date
		if err := d.Scan(at); err != nil || d != NewDate(2026, time.July, 1) {
			t.Errorf("%v is scanned as %v, %v", at, d, err)
		}
	}
	if err := new(Date).Scan("2026-07-01"); err == nil {
		t.Error("a text is scanned as a date")
	}
}

func TestTextsScan(t *testing.T) {
	for _, raw := range []any{`["a","b"]`, []byte(`["a","b"]`)} {
		var got Texts
		if err := got.Scan(raw); err != nil || strings.Join(got, "|") != "a|b" {
			t.Errorf("%v is scanned as %v, %v", raw, got, err)
		}
	}
	for _, raw := range []any{1, "{a,b}", []byte("")} {
		if err := new(Texts).Scan(raw); err == nil {
			t.Errorf("%v is scanned as a list", raw)
		}
	}
	unknown, none := Texts{"old"}, Texts(nil)
	if unknown.Scan(nil) != nil || unknown != nil || none.Scan("[]") != nil || none == nil {
		t.Error("an unknown list and an empty one are not told apart")
	}
}

func TestIDRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := ID{
			rapid.SampledFrom([]string{idkind.Need, idkind.Offer, idkind.FamilyInvitation}).Draw(t, "kind"),
			uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid")),
		}
		var got ID
		if err := got.UnmarshalGQL(marshalledText(t, want)); err != nil || got != want {
			t.Fatalf("%v came back as %v, %v", want, got, err)
		}
	})
}

// What is read is written in a form that reads as the same value. Anything else is refused and changes nothing.
func FuzzID(f *testing.F) {
	for _, seed := range []string{"need_0123456789abcdef0123456789abcdef", "", "_", `n"_0123456789abcdef0123456789abcdef`, "need_" +
		strings.Repeat("é", 16)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var id ID
		if err := id.UnmarshalGQL(text); err != nil {
			if id != (ID{}) {
				t.Fatalf("%q is refused and yet read", text)
			}
			return
		}
		if got := marshalledText(t, id); got != text {
			t.Fatalf("%q is written %q", text, got)
		}
	})
}

func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{"1250.00", "-0", "1e9", "NaN", ".", "٣", "99999999999999999999", "0.001"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d, again Decimal
		if d.UnmarshalGQL(text) != nil {
			return
		}
		if d.Exponent() < -2 || d.Exponent() > 0 || d.Abs().GreaterThanOrEqual(decimal.New(1, 12)) {
			t.Fatalf("%q is read as %s", text, d)
		}
		if err := again.UnmarshalGQL(marshalledText(t, d)); err != nil || !again.Equal(d.Decimal) {
			t.Fatalf("%q comes back as %s, %v", text, again, err)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2026-11-25", "0000-00-00", "2024-02-29", "2026-02-29", "２026-01-05", "2026-11-25Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d Date
		if d.UnmarshalGQL(text) != nil {
			return
		}
		if got := marshalledText(t, d); got != text {
			t.Fatalf("%q is written %q", text, got)
		}
		if end := EndOfDay(d.Time); end.Format(time.DateOnly) != text {
			t.Fatalf("%q ends at %s", text, end)
		}
	})
}
