package seal

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestPaddingRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, bucket := rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "text"), rapid.IntRange(paddingLengthSize+1, 300).Draw(t, "bucket")
		padded := padToBucket(text, bucket)
		if len(padded)%bucket != 0 || len(padded)-len(text)-paddingLengthSize >= bucket || len(padded) < len(text)+paddingLengthSize {
			t.Fatalf("%d bytes became %d in steps of %d", len(text), len(padded), bucket)
		}
		if got, err := removePadding(padded); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%q came back as %q, %v", text, got, err)
		}
	})
}

// What was not padded here is refused, whatever length it claims.
func TestRemovePaddingRefusesUnpaddedText(t *testing.T) {
	for name, padded := range map[string][]byte{
		"nothing": nil, "less than a length": {0, 0, 0}, "one more than there is": {0, 0, 0, 3, 'a', 'b'},
		"four gigabytes": {255, 255, 255, 255, 'a'},
	} {
		if got, err := removePadding(padded); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := removePadding([]byte{0, 0, 0, 2, 'a', 'b'}); err != nil || string(got) != "ab" {
		t.Errorf("full to the end: %q, %v", got, err)
	}
}
