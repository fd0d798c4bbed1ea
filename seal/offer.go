package seal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
)

// Binding says where a sealed part belongs. It is not in the ciphertext, but nothing opens under another one: a part
// that was moved to another need, provider, offer, version or half is like a changed one.
type Binding struct {
	Need, Provider, Offer uuid.UUID
	Version               int
	Part                  string
}

// encodeBinding is the binding as associated data. All fields except the last have a fixed size, so no two bindings are
// alike.
func (b Binding) encodeBinding() []byte {
	var out []byte
	for _, id := range []uuid.UUID{b.Need, b.Provider, b.Offer} {
		out = append(out, id[:]...)
	}
	return append(binary.BigEndian.AppendUint64(out, uint64(b.Version)), b.Part...)
}

// Sealed is one part of an offer as the database keeps it: the padded ciphertext, and its data key twice, wrapped for
// the need's keeper and for the offer's own provider.
type Sealed struct{ Ciphertext, KeeperKey, ProviderKey []byte }

// The uses of a data key and of its two wrappings, as associated data.
const (
	useOffer    = "offer"
	useKeeper   = "offer key for the keeper"
	useProvider = "offer key for the provider"
)

const dataKeySize = 32 // AES-256

// offerBucket is the step in which sealed parts grow, in bytes, so that their size reveals nothing about their content.
// Both halves of an offer of one step fit on one page of the database (migration 00056).
const offerBucket = 3584

// Seal encrypts one part of an offer with a new data key.
func (k *Keyring) Seal(b Binding, plaintext []byte) (Sealed, error) {
	key := make([]byte, dataKeySize)
	_, _ = rand.Read(key) // never fails: it would end the program instead
	var s Sealed
	var err error
	if s.Ciphertext, err = encryptOffer(key, b, plaintext); err != nil {
		return Sealed{}, fmt.Errorf("seal: offer: %w", err)
	}
	if s.KeeperKey, err = k.encryptForKeeper.Encrypt(key, associatedData(useKeeper, b.encodeBinding())); err != nil {
		return Sealed{}, fmt.Errorf("seal: keeper's copy: %w", err)
	}
	if s.ProviderKey, err = k.provider.Encrypt(key, associatedData(useProvider, b.encodeBinding())); err != nil {
		return Sealed{}, fmt.Errorf("seal: provider's copy: %w", err)
	}
	return s, nil
}

func encryptOffer(key []byte, b Binding, plaintext []byte) ([]byte, error) {
	cipher, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, err
	}
	return cipher.Encrypt(padToBucket(plaintext, offerBucket), associatedData(useOffer, b.encodeBinding()))
}

// OpenAsProvider opens a part for the provider in its binding. The caller must know that it is this provider. It
// returns ErrSealed if the part was changed or belongs elsewhere.
func (k *Keyring) OpenAsProvider(b Binding, s Sealed) ([]byte, error) {
	key, err := k.provider.Decrypt(s.ProviderKey, associatedData(useProvider, b.encodeBinding()))
	if err != nil {
		return nil, ErrSealed
	}
	return decryptOffer(key, b, s.Ciphertext)
}

// OpenAsKeeper opens a part for the opening. The caller must know that the opening is due and approved. It returns
// ErrNoKeeper if the keeper is absent, and ErrSealed if the part was changed or belongs elsewhere.
func (k *Keyring) OpenAsKeeper(b Binding, s Sealed) ([]byte, error) {
	if k.decryptAsKeeper == nil {
		return nil, ErrNoKeeper
	}
	key, err := k.decryptAsKeeper.Decrypt(s.KeeperKey, associatedData(useKeeper, b.encodeBinding()))
	if err != nil {
		return nil, ErrSealed
	}
	return decryptOffer(key, b, s.Ciphertext)
}

func decryptOffer(key []byte, b Binding, ciphertext []byte) ([]byte, error) {
	cipher, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, ErrSealed
	}
	padded, err := cipher.Decrypt(ciphertext, associatedData(useOffer, b.encodeBinding()))
	if err != nil {
		return nil, ErrSealed
	}
	return removePadding(padded)
}

// Receipt is what a provider keeps of a sealed part: the SHA-256, in hex, over everything that was stored and where it
// belongs.
func Receipt(s Sealed, b Binding) string {
	h := sha256.New()
	for _, field := range [][]byte{b.encodeBinding(), s.Ciphertext, s.KeeperKey, s.ProviderKey} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		h.Write(field)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Digest is the SHA-256 of a text, in hex: one receipt over those of several parts.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
