package admission

import (
	"bytes"
	"path"
	"slices"
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
	// RemovedAt is when its content was removed, because it had been kept for long enough; nil while it is here.
	RemovedAt *time.Time `db:"removed_at"`
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
		return now, ErrHasDocument
	case strings.ContainsFunc(in.Name, func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`/\:"`, r) }):
		return now, market.RefuseField(market.Invalid, "name", "Enter the name of the file without its folder.")
	}
	return now.Add(uploadLinkLifetime), market.CheckTexts(market.InputText{Field: "name", Value: in.Name, Limit: 200})
}

// ErrHasDocument refuses a second document.
var ErrHasDocument = market.Refuse(market.AlreadyExists,
	"This evidence already has its document, or does not need one: record new evidence to replace it.")

// How many bytes of documents a provider can store. What was stored is never removed, so both are far above what a provider of many
// settings needs: a document is about a megabyte, and there are about ten a setting and year.
const (
	MostBytesInADay = 200 << 20
	MostBytesEver   = 4 << 30
)

// CheckRoom refuses a document of a provider that has stored too much, in the last 24 hours or ever.
func CheckRoom(today, ever int64) error {
	switch {
	case ever >= MostBytesEver:
		return market.Refuse(market.WrongState, "Your organisation has stored as many documents as it can: ask the market manager.")
	case today >= MostBytesInADay:
		return market.Refuse(market.TooEarly, "Your organisation has stored more than 200 MB of documents in 24 hours: continue tomorrow.")
	}
	return nil
}

// AcceptFile makes a document of what was uploaded. Its content, not its name, decides what it is: a PDF, a PNG or a
// JPEG, from its first bytes to its last, so that nothing that a browser would run is kept. Programs put a byte order mark before a PDF,
// and scanners and telephones put bytes after the end of a file. These are kept, because the document is kept as it was sent. They are
// accepted up to a bound, and only where they are no archive, program or page: a file that is two things at once is refused.
func AcceptFile(name string, content []byte) (EvidenceFile, error) {
	for _, form := range fileForms {
		body, found := bytes.CutPrefix(content, form.mark)
		if !found && form.mark != nil {
			body = content
		}
		if !bytes.HasPrefix(body, form.first) {
			continue
		}
		if end := bytes.LastIndex(body, form.last); end >= len(form.first) && isHarmlessTrailer(body[end+len(form.last):]) {
			return EvidenceFile{Name: documentName(name, form.ending), Media: form.media, Bytes: len(content)}, nil
		}
	}
	return EvidenceFile{}, market.Refuse(market.Invalid, "The file must be a complete PDF, PNG or JPEG.")
}

// mostTrailerBytes is how many bytes can follow the end mark of a file.
const mostTrailerBytes = 16 << 10

// otherFiles begin archives, programs, pages and documents of other kinds.
var otherFiles = [][]byte{
	[]byte("PK\x03\x04"), []byte("PK\x05\x06"), []byte("%PDF-"), []byte("<html"), []byte("<!doctype"), []byte("<script"), []byte("<svg"),
	[]byte("<?xml"), []byte("<?php"), []byte("\x7felf"), []byte("rar!"), []byte("7z\xbc\xaf"), []byte("\xca\xfe\xba\xbe"), []byte("mz\x90"),
}

func isHarmlessTrailer(after []byte) bool {
	if len(after) > mostTrailerBytes {
		return false
	}
	small := bytes.ToLower(after)
	return !slices.ContainsFunc(otherFiles, func(first []byte) bool { return bytes.Contains(small, bytes.ToLower(first)) })
}

// fileEndings are endings of names that say what a file is; any other is a part of the name, as in "Policy v1.2".
var fileEndings = strings.Fields(".pdf .png .jpg .jpeg .jpe .jfif .tif .tiff .gif .bmp .webp .heic .doc .docx .odt .rtf .txt .htm .html " +
	".xls .xlsx .zip")

// documentName is a file's name with an ending that says what it is.
func documentName(name, kind string) string {
	ending := path.Ext(name)
	if slices.Contains(fileEndings, strings.ToLower(ending)) {
		name = strings.TrimSuffix(name, ending)
	}
	return name + kind
}

// fileForms are the kinds of file that are accepted: ISO 32000-1 7.5.2 and 7.5.5; ISO/IEC 15948 5.2 and 11.2.5; ISO/IEC
// 10918-1 B.1.1.3.
var fileForms = []struct {
	media, ending     string
	mark, first, last []byte
}{
	{"application/pdf", ".pdf", []byte("\xef\xbb\xbf"), []byte("%PDF-"), []byte("%%EOF")},
	{"image/png", ".png", nil, []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), []byte("IEND")},
	{"image/jpeg", ".jpg", nil, []byte("\xff\xd8\xff"), []byte("\xff\xd9")},
}
