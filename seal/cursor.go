package seal

import (
	"encoding/base64"
	"errors"
	"fmt"
)

// ErrCursor says that a text is not a cursor of this list, for this reader.
var ErrCursor = errors.New("seal: not a cursor of this list")

// cursorBucket is the step in which cursors grow, in bytes, so that their size reveals nothing about the keys in them.
const cursorBucket = 64

// SealCursor makes an opaque text from a place in a list. It opens only under the same context (reader, list, filter),
// and its keys cannot be read from it.
func (k *Keyring) SealCursor(context string, plain []byte) (string, error) {
	sealed, err := k.cursor.Encrypt(padToBucket(plain, cursorBucket), associatedData("cursor", []byte(context)))
	if err != nil {
		return "", fmt.Errorf("seal: cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// OpenCursor reads what SealCursor made under the same context. ErrCursor for anything else.
func (k *Keyring) OpenCursor(context, cursor string) ([]byte, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return nil, ErrCursor
	}
	padded, err := k.cursor.Decrypt(sealed, associatedData("cursor", []byte(context)))
	if err != nil {
		return nil, ErrCursor
	}
	plain, err := removePadding(padded)
	if err != nil {
		return nil, ErrCursor
	}
	return plain, nil
}
