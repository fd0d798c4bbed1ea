package canary_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/southeasttogether/dps/seal"
)

// TestSecretIsFoundInEveryEncoding: a planted secret is found in each form that it could have somewhere, and nothing
// else is.
func TestSecretIsFoundInEveryEncoding(t *testing.T) {
	s := newSecrets()
	code, _ := seal.NewCode()
	for _, form := range []string{
		s.plantWord(secret{kind: "word"}), s.plantAmount(secret{kind: "amount"}),
		s.plantBirthDate(secret{kind: "date"}), s.plantCode(code, secret{kind: "code"}),
		s.plantToken("e30.e30."+strings.Repeat("aB_-", 21)+"Zz", secret{kind: "token"}),
	} {
		quoted, err := json.Marshal(map[string]string{"text": "<" + form + ">"})
		if err != nil {
			t.Fatal(err)
		}
		var wide, codes strings.Builder
		for _, unit := range utf16.Encode([]rune(form)) {
			fmt.Fprintf(&wide, "%c%c", byte(unit), byte(unit>>8))
		}
		for _, letter := range form {
			fmt.Fprintf(&codes, `\u%04x`, letter)
		}
		for name, text := range map[string]string{
			"plain": "it was " + form + ".", "upper case": strings.ToUpper(form), "JSON": string(quoted), "JSON escapes": codes.String(),
			"of the web":  url.QueryEscape("/" + form + "?"),
			"hexadecimal": hex.EncodeToString([]byte("a" + form + "b")), "as PostgreSQL writes bytes": `\x` + hex.EncodeToString([]byte(form)),
			"UTF-16":                wide.String(),
			"UTF-16 in hexadecimal": hex.EncodeToString([]byte(wide.String())), "every byte of the web": "%" +
				strings.ToUpper(strings.Join(twoByTwo(hex.EncodeToString([]byte(form))), "%")),
			"base64": base64.StdEncoding.EncodeToString([]byte(form)), "base64 of the web": base64.RawURLEncoding.EncodeToString([]byte("?>" +
				form)),
			"base64, shifted": base64.StdEncoding.EncodeToString([]byte("x" + form)), "base64, shifted twice": "QQ" +
				base64.StdEncoding.EncodeToString([]byte("xy"+form+"z")),
		} {
			if found := s.findSecrets([]byte(text)); len(found) != 1 {
				t.Errorf("%s: %q is not seen in %q", name, form, text)
			}
		}
	}
	if found := s.findSecrets([]byte("nothing zqx here 2026-11-25 0.00 " + strings.Repeat("AB23", 40))); len(found) != 0 {
		t.Errorf("seen without being there: %v", found)
	}
}

func twoByTwo(text string) (all []string) {
	for i := 0; i+1 < len(text); i += 2 {
		all = append(all, text[i:i+2])
	}
	return all
}
