package seal

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
)

// plantedWord is a word that no error may contain.
const plantedWord = "planted-7f3a91c2"

// FuzzCursor: what is not a cursor of this list and reader is ErrCursor and nothing else. What is sealed comes back.
func FuzzCursor(f *testing.F) {
	k, err := Generate()
	if err != nil {
		f.Fatal(err)
	}
	cursor, err := k.SealCursor("reader|list", []byte(`["2026-11-25"]`))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		cursor, cursor + "=", cursor[1:], cursor[:len(cursor)-1], strings.ToLower(cursor), "", plantedWord, "AAAA",
		strings.Repeat("_", 400),
	} {
		f.Add("reader|list", seed)
	}
	f.Fuzz(func(t *testing.T, context, text string) {
		if plain, err := k.OpenCursor(context, text); err == nil && (text != cursor || context != "reader|list") {
			t.Fatalf("%q opens under %q as %q", text, context, plain)
		} else if err != nil && !errors.Is(err, ErrCursor) {
			t.Fatalf("%q: %v", text, err)
		}
		sealed, err := k.SealCursor(context, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := k.OpenCursor(context, sealed); err != nil || string(plain) != text {
			t.Fatalf("%q comes back as %q, %v", text, plain, err)
		}
		if _, err := k.OpenCursor(context+"|", sealed); !errors.Is(err, ErrCursor) {
			t.Fatalf("it opens under another context: %v", err)
		}
	})
}

// FuzzUnpad: what was padded comes back. Anything else is a part of the input, or ErrSealed.
func FuzzUnpad(f *testing.F) {
	for _, seed := range [][]byte{nil, {0}, {0, 0, 0, 0}, {255, 255, 255, 255}, {0, 0, 0, 2, 'a'}, padToBucket([]byte(plantedWord), 64)} {
		f.Add(seed, uint16(64))
	}
	f.Fuzz(func(t *testing.T, raw []byte, bucket uint16) {
		if text, err := removePadding(raw); err == nil && !bytes.Contains(raw, text) || err != nil && !errors.Is(err, ErrSealed) {
			t.Fatalf("%x is read as %x, %v", raw, text, err)
		}
		padded := padToBucket(raw, int(bucket)+1)
		if text, err := removePadding(padded); err != nil || !bytes.Equal(text, raw) || len(padded)%(int(bucket)+1) != 0 {
			t.Fatalf("%x comes back as %x, %v", raw, text, err)
		}
	})
}

// FuzzCode: a code is found however it is typed. A text of another form is not a code, and no two codes have the same
// hash.
func FuzzCode(f *testing.F) {
	for _, seed := range []string{
		"K7QM-2345-ABCD-EFGH-JKLM-NPQR-STUV-WXYZ", "k7qm 2345 abcd efgh jklm npqr stuv wxyz", "K7QM\u20132345", "",
		plantedWord, "\xff", strings.Repeat("A", 33),
		"K7QM-2345-ABCD-EFGH-JKLM-NPQR-STUV-WXY\u212a", strings.Repeat("A", 31) + "1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		hash := HashCode(typed)
		if hash == nil {
			return
		}
		letters := strings.ToUpper(strings.Map(dropGap, typed))
		if len(hash) != 32 || len(letters) != 32 || strings.Trim(letters, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789") != "" {
			t.Fatalf("%q is taken for a code", typed)
		}
		if !bytes.Equal(hash, HashCode(strings.ToLower(letters[:16])+" - "+letters[16:])) {
			t.Fatalf("%q is another code when it is typed otherwise", typed)
		}
	})
}

// FuzzKeyFile: any key file is read as keys that work and are written as they were, or refused in words that repeat
// nothing of it.
func FuzzKeyFile(f *testing.F) {
	k, err := Generate()
	if err != nil {
		f.Fatal(err)
	}
	whole, err := k.marshalKeyFile()
	if err != nil {
		f.Fatal(err)
	}
	public, err := k.WithoutKeeper().marshalKeyFile()
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{
		whole, public, whole[:len(whole)/2], nil, []byte("{}"), []byte(`{"` + plantedWord + `":1}`),
		[]byte(`{"signing":"` + plantedWord + `"}`), []byte(plantedWord),
		bytes.Replace(whole, []byte(`"ENABLED"`), []byte(`"`+plantedWord+`"`), 1), bytes.Replace(whole, []byte(`"value": "`),
			[]byte(`"value": "`+plantedWord), 1),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, err := parseKeyFile(raw)
		if err != nil {
			if strings.Contains(err.Error(), plantedWord) {
				t.Fatalf("the error repeats the file: %v", err)
			}
			return
		}
		if sealed, err := k.Protect("context", []byte(plantedWord)); err != nil || bytes.Contains(sealed, []byte(plantedWord)) {
			t.Fatalf("these keys do not protect: %v", err)
		}
		if !ed25519.Verify(k.PublicKey(), []byte("message"), k.Sign([]byte("message"))) {
			t.Fatal("these keys do not sign")
		}
		written, err := k.marshalKeyFile()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parseKeyFile(written); err != nil || !again.PublicKey().Equal(k.PublicKey()) {
			t.Fatalf("the keys do not come back: %v", err)
		}
	})
}
