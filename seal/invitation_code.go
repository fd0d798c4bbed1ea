package seal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"unicode"
)

const (
	codeSize  = 20 // bytes: 160 bits, so that the hash needs neither salt nor stretching
	codeGroup = 4  // letters
)

// codeLetters leaves out what is mistaken for something else on paper: 0 and O, 1 and I.
var codeLetters = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// NewCode makes the code of a one-time invitation, in groups that can be read out over the telephone ("K7QM-..."), and
// its hash. Only the hash is stored.
func NewCode() (code string, hash []byte) {
	raw := make([]byte, codeSize)
	_, _ = rand.Read(raw) // never fails: it would end the program instead
	for group := range slices.Chunk([]byte(codeLetters.EncodeToString(raw)), codeGroup) {
		code += "-" + string(group)
	}
	code = code[1:]
	return code, HashCode(code)
}

// HashCode is the hash of a code as somebody typed it, in any case and with any spaces and hyphens; nil for what cannot
// be a code.
func HashCode(typed string) []byte {
	letters := strings.ToUpper(strings.Map(dropGap, typed))
	if raw, err := codeLetters.DecodeString(letters); err != nil || len(raw) != codeSize || len(letters) != codeLetters.EncodedLen(codeSize) {
		return nil
	}
	sum := sha256.Sum256([]byte(letters))
	return sum[:]
}

// dropGap drops spaces, and all dashes, because word processors replace hyphens with long ones.
func dropGap(r rune) rune {
	if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
		return -1
	}
	return r
}
