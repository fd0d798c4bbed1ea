package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// KeyInUse names a key of a keyring by what it is for, and by its fingerprint.
type KeyInUse struct{ Use, Fingerprint string }

// KeysInUse are the keys that what was sealed may need, sorted. Every keyring of one market has them all; the keeper's is known by its
// public half, so a keyring without the keeper has it too. The key of cursors is none of them: a cursor is of one evening.
func (k *Keyring) KeysInUse() []KeyInUse {
	var all []KeyInUse
	for use, handle := range map[string]*keyset.Handle{
		"keeper": k.handles.keeperPublic, "provider": k.handles.provider, "personal": k.handles.personal, "request": k.handles.request,
	} {
		for _, key := range insecurecleartextkeyset.KeysetMaterial(handle).GetKey() {
			all = append(all, keyInUse(use, key.GetKeyData().GetValue()))
		}
	}
	for _, public := range k.PublicKeys() {
		all = append(all, keyInUse("signing", public))
	}
	slices.SortFunc(all, func(a, b KeyInUse) int {
		return slices.Compare([]string{a.Use, a.Fingerprint}, []string{b.Use, b.Fingerprint})
	})
	return all
}

// keyInUse hashes a key. Keys are drawn at random from 2^256, so nobody finds one by its hash.
func keyInUse(use string, key []byte) KeyInUse {
	sum := sha256.Sum256(associatedData("fingerprint of the key "+use, key))
	return KeyInUse{use, hex.EncodeToString(sum[:])}
}
