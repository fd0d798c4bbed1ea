package market

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// FuzzAnonymous: whatever stands around an identifier, it is found; a refusal is one of ours and repeats nothing of the text.
func FuzzAnonymous(f *testing.F) {
	kinds := make([]string, 0, len(identifying))
	for kind := range identifying {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		f.Add(identifying[kind][0], "The child likes trains.", uint8(3))
	}
	f.Add("\xff\u200b\u00ad", "School \xf0\x28", uint8(200))
	f.Fuzz(func(t *testing.T, before, after string, which uint8) {
		kind := kinds[int(which)%len(kinds)]
		planted := identifying[kind][int(which)%len(identifying[kind])]
		for _, value := range []string{before + after, before + ".\n\n" + planted + "\n\n" + after} {
			var refusal *Refusal
			err := CheckAnonymous(text{"profile", value, 4000})
			if err == nil && strings.Contains(value, "\n\n"+planted+"\n\n") {
				t.Fatalf("%s: %q is published", kind, value)
			}
			if err == nil {
				continue
			}
			if !errors.As(err, &refusal) || refusal.Code != IdentifiesChild || !slices.ContainsFunc(identifiers, func(i identifier) bool { return i.message == refusal.Message }) {
				t.Fatalf("%q: %v", value, err)
			}
		}
	})
}
