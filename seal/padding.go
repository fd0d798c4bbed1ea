package seal

import "encoding/binary"

const paddingLengthSize = 4

// padToBucket puts the length before a text and adds zeros up to the next multiple of bucket bytes.
func padToBucket(text []byte, bucket int) []byte {
	size := paddingLengthSize + len(text)
	padded := make([]byte, (size+bucket-1)/bucket*bucket)
	binary.BigEndian.PutUint32(padded, uint32(len(text)))
	copy(padded[paddingLengthSize:], text)
	return padded
}

// removePadding is the text that was padded; ErrSealed if it was not padded here.
func removePadding(padded []byte) ([]byte, error) {
	if len(padded) < paddingLengthSize {
		return nil, ErrSealed
	}
	length, rest := binary.BigEndian.Uint32(padded), padded[paddingLengthSize:]
	if uint64(length) > uint64(len(rest)) {
		return nil, ErrSealed
	}
	return rest[:length], nil
}
