package seal_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/southeasttogether/dps/seal"
)

func TestCursorIsBoundToItsContext(t *testing.T) {
	k := newKeyring(t)
	rapid.Check(t, func(t *rapid.T) {
		context, other := rapid.String().Draw(t, "context"), rapid.String().Draw(t, "other")
		plain := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "plain")
		cursor, err := k.SealCursor(context, plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.OpenCursor(context, cursor); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("got %q, %v", got, err)
		}
		if _, err := k.OpenCursor(other, cursor); other != context && !errors.Is(err, seal.ErrCursor) {
			t.Fatalf("opened under another context: %v", err)
		}
		changed := []byte(cursor)
		at := rapid.IntRange(0, len(changed)-1).Draw(t, "at")
		changed[at] = map[bool]byte{true: 'B', false: 'A'}[changed[at] == 'A']
		if _, err := k.OpenCursor(context, string(changed)); !errors.Is(err, seal.ErrCursor) {
			t.Fatalf("opened though changed: %v", err)
		}
	})
	for _, text := range []string{"", "AAAA", "not base64!", strings.Repeat("A", 200)} {
		if _, err := k.OpenCursor("c", text); !errors.Is(err, seal.ErrCursor) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCursorSizesAreEqual(t *testing.T) {
	k := newKeyring(t)
	near, _ := k.SealCursor("c", []byte("7"))
	far, _ := k.SealCursor("c", []byte("123456.789"))
	if len(near) != len(far) {
		t.Errorf("%d and %d", len(near), len(far))
	}
}

func TestPersonalDataIsBoundToItsContext(t *testing.T) {
	k := newKeyring(t)
	rapid.Check(t, func(t *rapid.T) {
		context, other := rapid.String().Draw(t, "context"), rapid.String().Draw(t, "other")
		plain := rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "plain")
		sealed, err := k.Protect(context, plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.Reveal(context, sealed); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("got %q, %v", got, err)
		}
		if _, err := k.Reveal(other, sealed); other != context && !errors.Is(err, seal.ErrSealed) {
			t.Fatalf("revealed elsewhere: %v", err)
		}
		sealed[rapid.IntRange(0, len(sealed)-1).Draw(t, "byte")] ^= 1
		if _, err := k.Reveal(context, sealed); !errors.Is(err, seal.ErrSealed) {
			t.Fatalf("revealed though changed: %v", err)
		}
	})
}

func TestPersonalDataSizesAreEqual(t *testing.T) {
	k := newKeyring(t)
	short, _ := k.Protect("c", []byte("Al"))
	long, _ := k.Protect("c", []byte(strings.Repeat("Alexandrina ", 20)))
	if len(short) != len(long) {
		t.Errorf("%d and %d", len(short), len(long))
	}
}

func TestVerifySignature(t *testing.T) {
	k := newKeyring(t)
	sig := k.Sign([]byte("head"))
	if !k.Verify([]byte("head"), sig) {
		t.Error("own signature refused")
	}
	if k.Verify([]byte("heaD"), sig) || newKeyring(t).Verify([]byte("head"), sig) || k.Verify([]byte("head"), nil) {
		t.Error("wrong signature accepted")
	}
}

// Where one link ends and the event begins must not be movable.
func TestChainHashSeparatesLinkFromEvent(t *testing.T) {
	links := map[string]string{}
	for _, parts := range [][2]string{{"", "ab"}, {"a", "b"}, {"ab", ""}, {"", "ba"}} {
		link := string(seal.ChainHash([]byte(parts[0]), []byte(parts[1])))
		if twin, ok := links[link]; ok || len(link) != 32 {
			t.Errorf("%q and %q have one link of %d bytes", parts, twin, len(link))
		}
		links[link] = parts[0] + "|" + parts[1]
	}
}

func TestHashCodeIgnoresCaseAndGaps(t *testing.T) {
	form := regexp.MustCompile(`^([A-HJ-NP-Z2-9]{4}-){7}[A-HJ-NP-Z2-9]{4}$`)
	seen := map[string]bool{}
	for range 100 {
		code, hash := seal.NewCode()
		if !form.MatchString(code) || seen[code] || len(hash) != 32 {
			t.Fatalf("code %q, hash of %d bytes", code, len(hash))
		}
		seen[code] = true
		for _, typed := range []string{
			code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), strings.ReplaceAll(code, "-", " "),
			strings.ReplaceAll(code, "-", "–"), strings.ReplaceAll(code, "-", "\u00a0"), "  " + code + "\n",
		} {
			if !bytes.Equal(seal.HashCode(typed), hash) {
				t.Errorf("%q is not known as %q", typed, code)
			}
		}
	}
}

func TestHashCodeRefusesOtherTexts(t *testing.T) {
	code, _ := seal.NewCode()
	for _, typed := range []string{"", "-", code[1:], code + "A", "0" + code[1:], "O" + code[1:], "I" + code[1:], "é" +
		code[1:], code + "========"} {
		if hash := seal.HashCode(typed); hash != nil {
			t.Errorf("%q has the hash %x", typed, hash)
		}
	}
}

func TestFingerprintDependsOnRequestAndKeyring(t *testing.T) {
	keys, others := newKeyring(t), newKeyring(t)
	fingerprint, err := keys.Fingerprint([]byte("synthetic request"))
	if err != nil {
		t.Fatal(err)
	}
	if !keys.MatchesFingerprint(fingerprint, []byte("synthetic request")) {
		t.Error("the same request does not match")
	}
	if keys.MatchesFingerprint(fingerprint, []byte("synthetic requesT")) || keys.MatchesFingerprint(nil, []byte("synthetic request")) ||
		others.MatchesFingerprint(fingerprint, []byte("synthetic request")) {
		t.Error("another request, none, or another keyring's matches")
	}
}
