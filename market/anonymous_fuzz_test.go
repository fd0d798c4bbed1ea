package market

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// FuzzCheckAnonymous: whatever stands around an identifier, it is found; a refusal is one of ours and repeats nothing of the text.
func FuzzCheckAnonymous(f *testing.F) {
	kinds := make([]string, 0, len(identifyingTexts))
	for kind := range identifyingTexts {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		f.Add(identifyingTexts[kind][0], "The child likes trains.", uint8(3))
	}
	f.Add("\xff\u200b\u00ad", "School \xf0\x28", uint8(200))
	f.Fuzz(func(t *testing.T, before, after string, which uint8) {
		kind := kinds[int(which)%len(kinds)]
		planted := identifyingTexts[kind][int(which)%len(identifyingTexts[kind])]
		for _, value := range []string{before + after, before + ".\n\n" + planted + "\n\n" + after} {
			var refusal *Refusal
			err := CheckAnonymous(InputText{"profile", value, 4000})
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
