package seal

import "fmt"

// Fingerprint identifies a request that was seen before. Without the key nobody can test it against what the request
// may have contained, such as a price or a child's name.
func (k *Keyring) Fingerprint(request []byte) ([]byte, error) {
	fingerprint, err := k.request.ComputeMAC(request)
	if err != nil {
		return nil, fmt.Errorf("seal: fingerprint: %w", err)
	}
	return fingerprint, nil
}

// MatchesFingerprint says whether a fingerprint is this request's.
func (k *Keyring) MatchesFingerprint(fingerprint, request []byte) bool {
	return k.request.VerifyMAC(fingerprint, request) == nil
}
