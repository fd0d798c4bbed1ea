package seal

import "encoding/binary"

const lengthSize = 4

// pad puts the length in front of a text and fills up with zeros to the next multiple of bucket bytes.
func pad(text []byte, bucket int) []byte {
	size := lengthSize + len(text)
	padded := make([]byte, (size+bucket-1)/bucket*bucket)
	binary.BigEndian.PutUint32(padded, uint32(len(text)))
	copy(padded[lengthSize:], text)
	return padded
}

// unpad is the text that was padded; ErrSealed for what was not.
func unpad(padded []byte) ([]byte, error) {
	if len(padded) < lengthSize {
		return nil, ErrSealed
	}
	length, rest := binary.BigEndian.Uint32(padded), padded[lengthSize:]
	if uint64(length) > uint64(len(rest)) {
		return nil, ErrSealed
	}
	return rest[:length], nil
}
