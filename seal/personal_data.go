package seal

import "fmt"

// personalBucket is the step in which encrypted personal data grow, in bytes, so that their size does not distinguish
// names or writers.
const personalBucket = 256

// Protect encrypts personal data, a child's identity or a family's own words, for the place that context names: the
// same context must be given to read it.
func (k *Keyring) Protect(context string, plain []byte) ([]byte, error) {
	sealed, err := k.personal.Encrypt(padToBucket(plain, personalBucket), associatedData("personal", []byte(context)))
	if err != nil {
		return nil, fmt.Errorf("seal: personal data: %w", err)
	}
	return sealed, nil
}

// Reveal reads what Protect encrypted under the same context. ErrSealed for anything else.
func (k *Keyring) Reveal(context string, sealed []byte) ([]byte, error) {
	padded, err := k.personal.Decrypt(sealed, associatedData("personal", []byte(context)))
	if err != nil {
		return nil, ErrSealed
	}
	return removePadding(padded)
}
