// Package seal holds the market's keys and everything that is done with them: offers that nobody reads before they are
// opened, personal data, cursors, the signatures of the log and the codes of invitations. It does no I/O except for the
// key file.
package seal

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/hybrid"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrNoKeeper says that this process holds only the public half of the keeper's key: it can seal and not open.
var ErrNoKeeper = errors.New("seal: this process does not hold the keeper's key")

// ErrSealed says that what was sealed cannot be opened: it was changed, or it belongs elsewhere. It does not say which.
var ErrSealed = errors.New("seal: the sealed text cannot be opened: it was changed or belongs elsewhere")

// Keyring is the keys of one market. It never changes once made, and is safe for concurrent use. Each key has one use,
// so that what is made for one cannot be passed off as another.
type Keyring struct {
	handles          keysetHandles
	encryptForKeeper tink.HybridEncrypt // for the needs' keeper
	decryptAsKeeper  tink.HybridDecrypt // nil if the keeper is absent
	provider         tink.AEAD          // wraps an offer's data key for its own provider
	cursor           tink.AEAD
	personal         tink.AEAD
	request          tink.MAC           // of requests that must not act twice
	signing          ed25519.PrivateKey // of the log's heads
	signedBefore     []ed25519.PublicKey
}

// keysetHandles are the keysets as they are in the key file.
type keysetHandles struct {
	keeper                     *keyset.Handle // nil if the keeper is absent
	keeperPublic               *keyset.Handle
	provider, cursor, personal *keyset.Handle
	request                    *keyset.Handle
}

// secretKeyset is a keyset of a keyring, with the kind of its keys.
type secretKeyset struct {
	handle   **keyset.Handle
	template *tinkpb.KeyTemplate
}

// secrets are all keysets that are secret.
func (h *keysetHandles) secrets() []secretKeyset {
	// XChaCha20-Poly1305, because its nonces are long enough to draw at random for every cursor of every page, for
	// ever.
	symmetric := aead.XChaCha20Poly1305KeyTemplate()
	return []secretKeyset{
		{&h.keeper, hybrid.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM_Key_Template()},
		{&h.provider, symmetric},
		{&h.cursor, symmetric},
		{&h.personal, symmetric},
		{&h.request, mac.HMACSHA256Tag256KeyTemplate()},
	}
}

// Generate makes a keyring of new keys, including the keeper's.
func Generate() (*Keyring, error) {
	var h keysetHandles
	for _, use := range h.secrets() {
		var err error
		if *use.handle, err = keyset.NewHandle(use.template); err != nil {
			return nil, fmt.Errorf("seal: new key: %w", err)
		}
	}
	_, signing, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("seal: new key: %w", err)
	}
	return newKeyring(h, signing)
}

// newKeyring makes the keys usable. A keyset of the wrong kind fails here and not at its first use.
func newKeyring(h keysetHandles, signing ed25519.PrivateKey, signedBefore ...ed25519.PublicKey) (*Keyring, error) {
	k := &Keyring{signing: signing, signedBefore: signedBefore}
	var errs [7]error
	if h.keeper != nil {
		k.decryptAsKeeper, errs[0] = hybrid.NewHybridDecrypt(h.keeper)
		h.keeperPublic, errs[1] = h.keeper.Public()
	}
	k.encryptForKeeper, errs[2] = hybrid.NewHybridEncrypt(h.keeperPublic)
	k.provider, errs[3] = aead.New(h.provider)
	k.cursor, errs[4] = aead.New(h.cursor)
	k.personal, errs[5] = aead.New(h.personal)
	k.request, errs[6] = mac.New(h.request)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("seal: keys: %w", err)
	}
	k.handles = h
	return k, nil
}

// WithoutKeeper is the same keyring for a process that must not be able to open as the keeper.
func (k *Keyring) WithoutKeeper() *Keyring {
	public := *k
	public.decryptAsKeeper, public.handles.keeper = nil, nil
	return &public
}

// Format keeps the keys out of every log, whatever the verb, of a pointer and of a copy.
func (k Keyring) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "seal.Keyring") }

// associatedData is a use and what it is for. The length at the front keeps any two pairs apart.
func associatedData(use string, about []byte) []byte {
	return append([]byte{byte(len(use))}, append([]byte(use), about...)...)
}
