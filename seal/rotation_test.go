package seal_test

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"

	"github.com/southeasttogether/dps/seal"
)

// sealedWith is something sealed under each key of a keyring.
type sealedWith struct {
	offer       seal.Sealed
	words, head []byte
	request     []byte
	cursor      string
}

var rotatedBinding = seal.Binding{Version: 1, Part: "PRICE"}

func sealAll(t *testing.T, k *seal.Keyring) (s sealedWith) {
	t.Helper()
	var errs [4]error
	s.offer, errs[0] = k.Seal(rotatedBinding, []byte("offer"))
	s.words, errs[1] = k.Protect("words", []byte("a synthetic family's words"))
	s.request, errs[2] = k.Fingerprint([]byte("request"))
	s.cursor, errs[3] = k.SealCursor("list", []byte("place"))
	s.head = k.Sign([]byte("head"))
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return s
}

// opens says whether a keyring opens everything.
func opens(k *seal.Keyring, s sealedWith) bool {
	_, asKeeper := k.OpenAsKeeper(rotatedBinding, s.offer)
	_, asProvider := k.OpenAsProvider(rotatedBinding, s.offer)
	_, revealed := k.Reveal("words", s.words)
	_, place := k.OpenCursor("list", s.cursor)
	signed := slices.ContainsFunc(k.PublicKeys(), func(p ed25519.PublicKey) bool { return ed25519.Verify(p, []byte("head"), s.head) })
	return errors.Join(asKeeper, asProvider, revealed, place) == nil && k.MatchesFingerprint(s.request, []byte("request")) && signed
}

// TestKeysAreChangedInTwoSteps: while processes of two neighbouring steps run, each opens what the other seals; those of the last step no
// longer seal with the old keys.
func TestKeysAreChangedInTwoSteps(t *testing.T) {
	old := newKeyring(t)
	added, err := old.AddKeys()
	must(t, err)
	newest, err := added.UseNewest()
	must(t, err)
	reload := func(k *seal.Keyring) *seal.Keyring {
		loaded, err := seal.Load(saveKeyFile(t, k))
		must(t, err)
		return loaded
	}
	added, newest = reload(added), reload(newest)
	for _, c := range []struct {
		name   string
		by     *seal.Keyring
		sealed sealedWith
		want   bool
	}{
		{"with further keys, what was sealed before", added, sealAll(t, old), true},
		{"before, what is sealed with further keys there", old, sealAll(t, added), true},
		{"with the newest, what was sealed before", newest, sealAll(t, old), true},
		{"with further keys, what is sealed with the newest", added, withoutHead(sealAll(t, newest), sealAll(t, added)), true},
		{"before, what is sealed with the newest", old, sealAll(t, newest), false},
		{"with others, what was sealed before", newKeyring(t), sealAll(t, old), false},
	} {
		if opens(c.by, c.sealed) != c.want {
			t.Errorf("opened %s: %v, want %v", c.name, !c.want, c.want)
		}
	}
	if _, err := newest.UseNewest(); !errors.Is(err, seal.ErrNothingAdded) {
		t.Errorf("use of a key that was never added: %v", err)
	}
	if _, err := old.WithoutKeeper().AddKeys(); !errors.Is(err, seal.ErrNoKeeper) {
		t.Errorf("a key added to a public half: %v", err)
	}
}

// withoutHead is what was sealed with the head of another: only who checks the log meets signatures, and has all public halves.
func withoutHead(s, other sealedWith) sealedWith {
	s.head = other.head
	return s
}

// TestKeysInUse: keyrings of one market have the same, with or without the keeper; each step of a change has those before it and more;
// another market shares none.
func TestKeysInUse(t *testing.T) {
	old := newKeyring(t)
	added, err := old.AddKeys()
	must(t, err)
	newest, err := added.UseNewest()
	must(t, err)
	if a, b := old.KeysInUse(), old.WithoutKeeper().KeysInUse(); !slices.Equal(a, b) || len(a) != 5 {
		t.Errorf("with the keeper %v, without %v", a, b)
	}
	contains := func(all, some []seal.KeyInUse) (n int) {
		for _, one := range some {
			if slices.Contains(all, one) {
				n++
			}
		}
		return n
	}
	if n := contains(added.KeysInUse(), old.KeysInUse()); n != 5 || len(added.KeysInUse()) != 9 {
		t.Errorf("%d of 5 are among those added to: %v", n, added.KeysInUse())
	}
	if n := contains(newest.KeysInUse(), added.KeysInUse()); n != 9 || len(newest.KeysInUse()) != 10 {
		t.Errorf("%d of 9 are among the newest: %v", n, newest.KeysInUse())
	}
	if n := contains(newKeyring(t).KeysInUse(), old.KeysInUse()); n != 0 {
		t.Errorf("another market has %d of the same keys", n)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
