package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/southeasttogether/dps/seal"
)

func newKeyring(t *testing.T) *seal.Keyring {
	t.Helper()
	k, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func anyID(t *rapid.T, label string) uuid.UUID {
	return uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, label))
}

func anyBinding(t *rapid.T) seal.Binding {
	return seal.Binding{
		Need: anyID(t, "need"), Provider: anyID(t, "provider"), Offer: anyID(t, "offer"),
		Version: rapid.IntRange(1, 1<<30).Draw(t, "version"), Part: rapid.SampledFrom([]string{"QUALITY", "PRICE"}).Draw(t, "part"),
	}
}

// otherBinding is a binding that differs in one field, or has two ids exchanged.
func otherBinding(t *rapid.T, b seal.Binding) seal.Binding {
	switch rapid.IntRange(0, 6).Draw(t, "change") {
	case 0:
		b.Need[rapid.IntRange(0, 15).Draw(t, "byte")] ^= 1
	case 1:
		b.Provider[rapid.IntRange(0, 15).Draw(t, "byte")] ^= 1
	case 2:
		b.Offer[rapid.IntRange(0, 15).Draw(t, "byte")] ^= 1
	case 3:
		b.Version++
	case 4:
		b.Part += "X"
	case 5:
		b.Part = ""
	case 6:
		b.Need, b.Provider = b.Provider, b.Need
	}
	return b
}

func TestOfferOpensOnlyWhereItBelongs(t *testing.T) {
	k := newKeyring(t)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOfN(rapid.Byte(), 0, 9000).Draw(t, "plain")
		b := anyBinding(t)
		s, err := k.Seal(b, plain)
		if err != nil {
			t.Fatal(err)
		}
		open := map[string]func(seal.Binding, seal.Sealed) ([]byte, error){"keeper": k.OpenAsKeeper, "provider": k.OpenAsProvider}
		other := otherBinding(t, b)
		for who, open := range open {
			if got, err := open(b, s); err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("%s: opened %d bytes of %d, %v", who, len(got), len(plain), err)
			}
			if _, err := open(other, s); other != b && !errors.Is(err, seal.ErrSealed) {
				t.Fatalf("%s: opened under another binding: %v", who, err)
			}
		}
		if other != b && seal.Receipt(s, b) == seal.Receipt(s, other) {
			t.Fatal("one receipt for two bindings")
		}
	})
}

func TestOpenRefusesAnOfferWithOneChangedByte(t *testing.T) {
	k := newKeyring(t)
	b := seal.Binding{Need: uuid.New(), Provider: uuid.New(), Offer: uuid.New(), Version: 1, Part: "PRICE"}
	whole, err := k.Seal(b, []byte("1,250.00 a week"))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := seal.Sealed{
			Ciphertext: bytes.Clone(whole.Ciphertext), KeeperKey: bytes.Clone(whole.KeeperKey),
			ProviderKey: bytes.Clone(whole.ProviderKey),
		}
		field := rapid.IntRange(0, 2).Draw(t, "field")
		changed := [][]byte{s.Ciphertext, s.KeeperKey, s.ProviderKey}[field]
		changed[rapid.IntRange(0, len(changed)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := k.OpenAsKeeper(b, s); (field != 2) != errors.Is(err, seal.ErrSealed) {
			t.Fatalf("keeper, field %d: %v", field, err)
		}
		if _, err := k.OpenAsProvider(b, s); (field != 1) != errors.Is(err, seal.ErrSealed) {
			t.Fatalf("provider, field %d: %v", field, err)
		}
		if seal.Receipt(s, b) == seal.Receipt(whole, b) {
			t.Fatal("the receipt does not cover this")
		}
	})
}

func TestOpenRefusesATruncatedOffer(t *testing.T) {
	k := newKeyring(t)
	b := seal.Binding{Version: 1, Part: "PRICE"}
	whole, err := k.Seal(b, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []seal.Sealed{
		{},
		{KeeperKey: whole.KeeperKey, ProviderKey: whole.ProviderKey},
		{Ciphertext: whole.Ciphertext[:20], KeeperKey: whole.KeeperKey, ProviderKey: whole.ProviderKey},
		{Ciphertext: whole.Ciphertext, KeeperKey: whole.KeeperKey[:6], ProviderKey: whole.ProviderKey[:6]},
		// The wrappings for one key cannot be opened with the other.
		{Ciphertext: whole.Ciphertext, KeeperKey: whole.ProviderKey, ProviderKey: whole.KeeperKey},
	} {
		_, byKeeper := k.OpenAsKeeper(b, s)
		_, byProvider := k.OpenAsProvider(b, s)
		if !errors.Is(byKeeper, seal.ErrSealed) || !errors.Is(byProvider, seal.ErrSealed) {
			t.Errorf("keeper: %v, provider: %v", byKeeper, byProvider)
		}
	}
}

func TestSealedOfferSizesAreEqual(t *testing.T) {
	k := newKeyring(t)
	b := seal.Binding{Version: 1, Part: "QUALITY"}
	sizes := func(n int) string {
		s, err := k.Seal(b, bytes.Repeat([]byte("x"), n))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(len(s.Ciphertext), len(s.KeeperKey), len(s.ProviderKey))
	}
	// Four bytes of a bucket are its length.
	if none, some, full := sizes(0), sizes(1000), sizes(3580); none != some || some != full {
		t.Errorf("sizes differ within a bucket: %s, %s, %s", none, some, full)
	}
	if sizes(3580) == sizes(3581) || sizes(3581) != sizes(7164) {
		t.Error("the next bucket is not of the same width")
	}
}

func TestSealTwiceGivesDifferentCiphertexts(t *testing.T) {
	k := newKeyring(t)
	b := seal.Binding{Version: 1, Part: "QUALITY"}
	one, _ := k.Seal(b, []byte("the same"))
	two, _ := k.Seal(b, []byte("the same"))
	if bytes.Equal(one.Ciphertext, two.Ciphertext) || seal.Receipt(one, b) == seal.Receipt(two, b) {
		t.Error("equal offers can be told from the outside")
	}
}

func TestWithoutKeeperNothingOpensAsKeeper(t *testing.T) {
	whole := newKeyring(t)
	api := whole.WithoutKeeper()
	b := seal.Binding{Version: 1, Part: "PRICE"}
	s, err := api.Seal(b, []byte("sealed by the public half"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.OpenAsKeeper(b, s); !errors.Is(err, seal.ErrNoKeeper) {
		t.Errorf("without keeper: %v", err)
	}
	if got, err := whole.OpenAsKeeper(b, s); err != nil || string(got) != "sealed by the public half" {
		t.Errorf("the keeper itself: %q, %v", got, err)
	}
	if _, err := newKeyring(t).OpenAsKeeper(b, s); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("another market's keeper: %v", err)
	}
}

func TestDigestOfAStandardVector(t *testing.T) {
	// FIPS 180-2, appendix B.1.
	if got := seal.Digest("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(got)
	}
	if strings.ToLower(seal.Receipt(seal.Sealed{}, seal.Binding{})) != seal.Receipt(seal.Sealed{}, seal.Binding{}) {
		t.Error("receipts are lower case, so that they can be compared as text")
	}
}
