package seal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
)

// Sign signs the head of a chain of the log.
func (k *Keyring) Sign(msg []byte) []byte { return ed25519.Sign(k.signing, msg) }

// Verify says whether the key that signs made the signature.
func (k *Keyring) Verify(msg, sig []byte) bool { return ed25519.Verify(k.PublicKey(), msg, sig) }

// PublicKey is of the key that signs.
func (k *Keyring) PublicKey() ed25519.PublicKey { return k.signing.Public().(ed25519.PublicKey) }

// ChainHash is one link of the log: the SHA-256 over the link before it (nil for the first) and the event in its canonical
// form.
func ChainHash(prev, canonical []byte) []byte {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(prev))))
	h.Write(prev)
	h.Write(canonical)
	return h.Sum(nil)
}
