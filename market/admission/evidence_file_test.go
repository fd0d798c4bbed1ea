package admission

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/market/markettest"
)

const smallPDF = "%PDF-1.7\nSynthetic.\n%%EOF\n"

func TestAcceptFile(t *testing.T) {
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR synthetic IEND\xaeB`\x82"
	for name, c := range map[string]struct{ name, content, want, media string }{
		"a PDF":                  {"policy.pdf", smallPDF, "policy.pdf", "application/pdf"},
		"a PDF of another name":  {"policy.html", smallPDF, "policy.pdf", "application/pdf"},
		"without an ending":      {"policy", smallPDF, "policy.pdf", "application/pdf"},
		"a PNG":                  {"scan.jpeg", png, "scan.png", "image/png"},
		"a JPEG":                 {"scan.jpeg", "\xff\xd8\xff\xe0 synthetic \xff\xd9", "scan.jpg", "image/jpeg"},
		"a page":                 {"policy.pdf", "<html><script>synthetic()</script></html>", "", ""},
		"a page with a PDF in":   {"policy.pdf", "<html>" + smallPDF, "", ""},
		"half a PDF":             {"policy.pdf", "%PDF-1.7\nSynthetic.", "", ""},
		"with a byte order mark": {"policy.pdf", "\xef\xbb\xbf" + smallPDF, "policy.pdf", "application/pdf"},
		"padded with zeros":      {"policy.pdf", smallPDF + strings.Repeat("\x00", 2048), "policy.pdf", "application/pdf"},
		"padded up to the bound": {
			"policy.pdf", strings.TrimSpace(smallPDF) + strings.Repeat(" ", mostTrailerBytes),
			"policy.pdf", "application/pdf",
		},
		"padded beyond it": {"policy.pdf", strings.TrimSpace(smallPDF) + strings.Repeat(" ", mostTrailerBytes+1), "", ""},
		"a JPEG with a trailer": {
			"scan.jpg", "\xff\xd8\xff\xe0 synthetic \xff\xd9SEFH synthetic" + strings.Repeat("\x00", 3000),
			"scan.jpg", "image/jpeg",
		},
		"a PDF that is an archive":  {"policy.pdf", smallPDF + "PK\x03\x04 synthetic", "", ""},
		"a PDF that is a page":      {"policy.pdf", smallPDF + "<ScRiPt>synthetic()</script>", "", ""},
		"a JPEG that is an archive": {"scan.jpg", "\xff\xd8\xff\xe0 synthetic \xff\xd9PK\x05\x06", "", ""},
		"a JPEG that is a PDF":      {"scan.jpg", "\xff\xd8\xff\xe0 synthetic \xff\xd9" + smallPDF, "", ""},
		"a page after a mark":       {"policy.pdf", "\xef\xbb\xbf<html>" + smallPDF, "", ""},
		"a version in its name":     {"Policy v1.2", smallPDF, "Policy v1.2.pdf", "application/pdf"},
		"a version and an ending":   {"Policy v1.2.PDF", smallPDF, "Policy v1.2.pdf", "application/pdf"},
		"a name that is an ending":  {".pdf", smallPDF, ".pdf", "application/pdf"},
		"half a PNG":                {"scan.png", png[:20], "", ""},
		"the first bytes alone":     {"scan.jpg", "\xff\xd8\xff", "", ""},
		"nothing":                   {"policy.pdf", "", "", ""},
		"a program":                 {"policy.pdf", "MZ\x90\x00%PDF-1.7 %%EOF", "", ""},
	} {
		got, err := AcceptFile(c.name, []byte(c.content))
		if (err == nil) != (c.want != "") || got.Name != c.want || got.Media != c.media {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestUploadEvidence(t *testing.T) {
	for name, c := range map[string]struct {
		e    Evidence
		name string
		want string
	}{
		"without a document": {Evidence{}, "policy.pdf", ""},
		"with one":           {Evidence{Complete: true}, "policy.pdf", "ALREADY_EXISTS"},
		"rejected":           {Evidence{RejectedAt: &markettest.SampleTime}, "policy.pdf", "WRONG_STATE"},
		"a folder":           {Evidence{}, "../policy.pdf", "INVALID name"},
		"a line break":       {Evidence{}, "policy\r\n.pdf", "INVALID name"},
		"a quotation mark":   {Evidence{}, `policy".pdf`, "INVALID name"},
		"no name":            {Evidence{}, " ", "INVALID name"},
		"without end":        {Evidence{}, strings.Repeat("x", 201), "INVALID name"},
	} {
		until, err := UploadEvidence(c.e, UploadEvidenceInput{Name: c.name}, markettest.SampleTime)
		if markettest.RefusalCode(t, err) != c.want || err == nil && !until.Equal(markettest.SampleTime.Add(uploadLinkLifetime)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestCheckRoom(t *testing.T) {
	for name, c := range map[string]struct {
		today, ever int64
		want        string
	}{
		"nothing yet":                {0, 0, ""},
		"just below both":            {MostBytesInADay - 1, MostBytesEver - 1, ""},
		"much today":                 {MostBytesInADay, MostBytesInADay, "TOO_EARLY"},
		"much, but long ago":         {0, MostBytesInADay, ""},
		"as much as it ever can":     {0, MostBytesEver, "WRONG_STATE"},
		"as much as it can, and now": {MostBytesInADay, MostBytesEver, "WRONG_STATE"},
	} {
		if got := markettest.RefusalCode(t, CheckRoom(c.today, c.ever)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzAcceptFile(f *testing.F) {
	f.Add("policy.pdf", []byte(smallPDF))
	f.Add("", []byte("\xff\xd8\xff\xd9"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		if got, err := AcceptFile(name, content); err == nil && got.Bytes != len(content) {
			t.Errorf("%d bytes of %d", got.Bytes, len(content))
		}
	})
}
