package admission

import (
	"bytes"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// MostFileBytes is how large a document may be.
const MostFileBytes = 10 << 20

// EvidenceFile is the document of evidence, without its content.
type EvidenceFile struct {
	EvidenceID uuid.UUID `db:"evidence_id"`
	Name       string    `db:"name"`
	Media      string    `db:"media"`
	Bytes      int       `db:"bytes"`
	Sha256     string    `db:"sha256"`
	UploadedAt time.Time `db:"uploaded_at"`
}

// Path is where it is downloaded from.
func (f EvidenceFile) Path() string { return "/evidence/" + f.EvidenceID.String() + "/file" }

// UploadLink is where to upload a document to.
type UploadLink struct {
	Path      string
	ExpiresAt time.Time
}

// MostBytes is how many bytes the file may have.
func (UploadLink) MostBytes() int { return MostFileBytes }

// uploadLinkLifetime is how long an upload link lasts.
const uploadLinkLifetime = 10 * time.Minute

// UploadEvidenceInput asks for an upload link.
type UploadEvidenceInput struct {
	Evidence market.ID
	Name     string
}

// UploadEvidence gives the instant until which a document of evidence can be uploaded.
func UploadEvidence(e Evidence, in UploadEvidenceInput, now time.Time) (time.Time, error) {
	switch {
	case e.RejectedAt != nil:
		return now, market.Refuse(market.WrongState, "This evidence was rejected: record new evidence.")
	case e.Complete:
		return now, market.Refuse(market.AlreadyExists,
			"This evidence already has its document, or does not need one: record new evidence to replace it.")
	case strings.ContainsFunc(in.Name, func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`/\:"`, r) }):
		return now, market.RefuseField(market.Invalid, "name", "Enter the name of the file without its folder.")
	}
	return now.Add(uploadLinkLifetime), market.CheckTexts(market.InputText{Field: "name", Value: in.Name, Limit: 200})
}

// AcceptFile makes a document of what was uploaded. Its content, not its name, decides what it is: a PDF, a PNG or a
// JPEG, from its first bytes to its last, so that nothing that a browser would run is kept.
func AcceptFile(name string, content []byte) (EvidenceFile, error) {
	for _, form := range fileForms {
		if bytes.HasPrefix(content, form.first) && bytes.Contains(content[max(len(content)-trailerBytes, len(form.first)):], form.last) {
			return EvidenceFile{Name: strings.TrimSuffix(name, path.Ext(name)) + form.ending, Media: form.media, Bytes: len(content)}, nil
		}
	}
	return EvidenceFile{}, market.Refuse(market.Invalid, "The file must be a complete PDF, PNG or JPEG.")
}

// trailerBytes is the number of last bytes that must contain the end mark of a file: readers of PDF look in the last
// kilobyte.
const trailerBytes = 1024

// fileForms are the kinds of file that are accepted: ISO 32000-1 7.5.2 and 7.5.5; ISO/IEC 15948 5.2 and 11.2.5; ISO/IEC
// 10918-1 B.1.1.3.
var fileForms = []struct {
	media, ending string
	first, last   []byte
}{
	{"application/pdf", ".pdf", []byte("%PDF-"), []byte("%%EOF")},
	{"image/png", ".png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), []byte("IEND")},
	{"image/jpeg", ".jpg", []byte("\xff\xd8\xff"), []byte("\xff\xd9")},
}
