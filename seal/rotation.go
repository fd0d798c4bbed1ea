package seal

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// Keys are changed in two steps, so that no process meets what it cannot open:
//
//	next, err := old.AddKeys()      // every process restarts with these: they open what either key sealed, and seal as before
//	newest, err := next.UseNewest() // then every process restarts with these: they seal under the new keys
//
// The old keys stay in the file. Offers that they sealed are never written again, because a provider's receipt is over what was stored.

// AddKeys are the same keys, and a further one for each use, with which nothing is sealed yet. It returns ErrNoKeeper if the keeper's are
// not all there, because nobody adds to a public half.
func (k *Keyring) AddKeys() (*Keyring, error) {
	return k.changed(k.signing, k.signedBefore, func(m *keyset.Manager, template *tinkpb.KeyTemplate) error {
		_, err := m.Add(template)
		return err
	})
}

// ErrNothingAdded says that a keyring has no keys that are not in use yet.
var ErrNothingAdded = errors.New("seal: no key was added that is not in use yet")

// UseNewest are the same keys, of which the newest of each use seals from now on, and a new one that signs. The one that signed before is
// kept as its public half.
func (k *Keyring) UseNewest() (*Keyring, error) {
	_, signing, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("seal: new key: %w", err)
	}
	return k.changed(signing, append([]ed25519.PublicKey{k.PublicKey()}, k.signedBefore...), useNewestKey)
}

func useNewestKey(m *keyset.Manager, _ *tinkpb.KeyTemplate) error {
	h, err := m.Handle()
	if err != nil {
		return err
	}
	newest := h.KeysetInfo().GetKeyInfo()[h.Len()-1].GetKeyId()
	if newest == h.KeysetInfo().GetPrimaryKeyId() {
		return ErrNothingAdded
	}
	return m.SetPrimary(newest)
}

// changed is the keyring with a change made to each of its keysets.
func (k *Keyring) changed(
	signing ed25519.PrivateKey, before []ed25519.PublicKey, change func(*keyset.Manager, *tinkpb.KeyTemplate) error,
) (*Keyring, error) {
	if k.handles.keeper == nil {
		return nil, ErrNoKeeper
	}
	h := k.handles
	for _, use := range h.secrets() {
		m := keyset.NewManagerFromHandle(*use.handle)
		if err := change(m, use.template); err != nil {
			return nil, fmt.Errorf("seal: keys: %w", err)
		}
		made, err := m.Handle()
		if err != nil {
			return nil, fmt.Errorf("seal: keys: %w", err)
		}
		*use.handle = made
	}
	return newKeyring(h, signing, before...)
}

// PublicKeys are what an auditor needs to verify the heads without this keyring: of the key that signs, and of those that signed before.
func (k *Keyring) PublicKeys() []ed25519.PublicKey {
	return append([]ed25519.PublicKey{k.PublicKey()}, slices.Clone(k.signedBefore)...)
}
