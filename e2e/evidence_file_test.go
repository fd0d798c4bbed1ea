package e2e_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

const examplePDF = "%PDF-1.7\nSynthetic: insured until next year.\n%%EOF\n"

// sendFile sends a request for a file as somebody, and gives the answer with its whole body.
func (s *scene) sendFile(who demo.Persona, method, path string, body []byte) (*http.Response, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, strings.TrimSuffix(s.Client.URL, "/graphql")+path, bytes.NewReader(body))
	must(s.t, err)
	if credential := s.credentialOf(s.t, who); credential.Authorization != "" {
		request.Header.Set("Authorization", credential.Authorization)
	}
	response, err := http.DefaultClient.Do(request)
	must(s.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(s.t, err)
	return response, string(text)
}

// uploadLink asks for an upload link for a file policy.pdf.
func (s *scene) uploadLink(who demo.Persona, evidence string) demo.Value {
	s.t.Helper()
	got := s.readData(who, mutationDocument("uploadEvidence", "link { path expiresAt mostBytes }"),
		fields{"input": fields{"evidence": evidence, "name": "policy.pdf"}}).At("uploadEvidence")
	if got.At("problems.0").Exists() {
		s.t.Fatalf("%s: %s", who, got.At("problems.0.message").Text())
	}
	return got.At("link")
}

// uploadDocument gives evidence its document.
func (s *scene) uploadDocument(who demo.Persona, evidence string) {
	s.t.Helper()
	if response, text := s.sendFile(who, http.MethodPut, s.uploadLink(who, evidence).At("path").Text(),
		[]byte(examplePDF)); response.StatusCode != http.StatusCreated {
		s.t.Fatalf("%d: %s", response.StatusCode, text)
	}
}

// recordEvidence is evidence without its document.
func (s *scene) recordEvidence(who demo.Persona, days int) string {
	s.t.Helper()
	return s.mustChange(who, "recordEvidence", fields{
		"kind": "PUBLIC_LIABILITY", "reference": "SYN-0001", "validFrom": s.dayFromNow(0),
		"validUntil": s.dayFromNow(days),
	},
		"evidence { id status }").At("evidence.id").Text()
}

// TestEvidenceFileUploadAndDownload: a document is uploaded by a link, once. It is read as an attachment, and stored
// encrypted. Who reads it, TestDocumentOfEvidenceIsReadOnAGround says.
func TestEvidenceFileUploadAndDownload(t *testing.T) {
	s := newEvidenceScene(t)
	us, others := bidsManagerOf(1), bidsManagerOf(2)
	evidence := s.recordEvidence(us, 90)
	if got := s.readNode(us, "Evidence", evidence, "status file { name }"); got.At("status").Text() != "INCOMPLETE" ||
		got.At("file").Exists() {
		t.Errorf("without its document: %v", got)
	}
	application := s.submitApplication(us)
	admit := func() fields {
		return fields{"application": application, "decision": "ADMITTED", "reasons": "Synthetic: all are met."}
	}
	s.requireRefused("WRONG_STATE", demo.MarketManager, "decideApplication", admit())
	s.uploadDocument(us, evidence)
	s.mustChange(demo.MarketManager, "decideApplication", admit(), "")
	file := s.readNode(us, "Evidence", evidence, "status file { name media bytes sha256 path uploadedAt }")
	if file.At("status").Text() != "VALID" || file.At("file.media").Text() != "application/pdf" || len(file.At("file.sha256").Text()) != 64 {
		t.Errorf("with its document: %v", file)
	}
	path := file.At("file.path").Text()
	s.publishNeed(demo.Commissioner)
	for _, reader := range []demo.Persona{us, demo.MarketManager, demo.Commissioner} {
		response, text := s.sendFile(reader, http.MethodGet, path, nil)
		if response.StatusCode != http.StatusOK || text != examplePDF {
			t.Errorf("%s: %d, %q", reader, response.StatusCode, text)
		}
		for header, want := range map[string]string{
			"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename=policy.pdf",
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		} {
			if got := response.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q", reader, header, got)
			}
		}
	}
	nobodys := strings.Replace(path, path[10:18], "00000000", 1)
	for _, stranger := range []demo.Persona{others, demo.Evaluator1, demo.Public, personOf("Kent", "market_manager")} {
		hidden, one := s.sendFile(stranger, http.MethodGet, path, nil)
		absent, other := s.sendFile(stranger, http.MethodGet, nobodys, nil)
		if hidden.StatusCode != http.StatusNotFound || absent.StatusCode != hidden.StatusCode || one != other ||
			strings.Contains(one, "Synthetic") {
			t.Errorf("%s: %d %q, of what does not exist %d %q", stranger, hidden.StatusCode, one, absent.StatusCode, other)
		}
	}
	if n := s.countRows("evidence_file WHERE position('Synthetic'::bytea IN content) > 0"); n != 0 {
		t.Error("the document lies there in plain")
	}
	if n := s.countRows("event WHERE act = 'evidence.upload' AND chain_id = $1 AND authority_id IS NULL", us.Organisation); n != 2 {
		t.Errorf("%d events of a link and an upload", n)
	}
}

// TestUploadLinkExpiresAndIsPersonal, accepts only documents of a known kind, and only up to the size limit.
func TestUploadLinkExpiresAndIsPersonal(t *testing.T) {
	s := newEvidenceScene(t)
	us, others := bidsManagerOf(1), bidsManagerOf(2)
	evidence := s.recordEvidence(us, 90)
	put := func(who demo.Persona, path string, content []byte, status int, code string) {
		t.Helper()
		if response, text := s.sendFile(who, http.MethodPut, path, content); response.StatusCode != status || !strings.Contains(text, code) {
			t.Errorf("%s: %d %s, want %d %s", who, response.StatusCode, text, status, code)
		}
	}
	path := s.uploadLink(us, evidence).At("path").Text()
	put(others, path, []byte(examplePDF), http.StatusNotFound, "NOT_FOUND")
	put(anotherPerson(us, 2), path, []byte(examplePDF), http.StatusNotFound, "NOT_FOUND")
	put(demo.Public, path, []byte(examplePDF), http.StatusNotFound, "NOT_FOUND")
	put(us, path[:len(path)-2]+"AA", []byte(examplePDF), http.StatusNotFound, "NOT_FOUND")
	put(us, path, []byte("<html><script>synthetic()</script></html>"), http.StatusUnprocessableEntity, "INVALID")
	put(us, path, append([]byte("%PDF-1.7"), make([]byte, 10<<20)...), http.StatusRequestEntityTooLarge, "LIMIT_EXCEEDED")
	s.passTime(11 * time.Minute)
	put(us, path, []byte(examplePDF), http.StatusUnprocessableEntity, "DEADLINE_PASSED")
	first, second := s.uploadLink(us, evidence).At("path").Text(), s.uploadLink(us, evidence).At("path").Text()
	put(us, first, []byte(examplePDF), http.StatusCreated, "[]")
	put(us, second, []byte(examplePDF), http.StatusUnprocessableEntity, "ALREADY_EXISTS")
	put(us, first, []byte(examplePDF), http.StatusUnprocessableEntity, "ALREADY_EXISTS")
	if n := s.countRows("evidence_file"); n != 1 {
		t.Errorf("%d documents", n)
	}
	for _, c := range []struct {
		who  demo.Persona
		want string
	}{{others, "NOT_FOUND"}, {us, "ALREADY_EXISTS"}} {
		got := s.readData(c.who, mutationDocument("uploadEvidence", "link { path }"),
			fields{"input": fields{"evidence": evidence, "name": "policy.pdf"}})
		if code := got.At("uploadEvidence.problems.0.code").Text(); code != c.want {
			t.Errorf("%s asks for a link: %q, want %s", c.who, code, c.want)
		}
	}
}

// TestRemovedDocumentIsTold: what it was is still shown, and whoever asks for it is told why it is not there.
func TestRemovedDocumentIsTold(t *testing.T) {
	s := newEvidenceScene(t)
	us := bidsManagerOf(1)
	evidence := s.recordEvidence(us, 300)
	s.sendFile(us, http.MethodPut, s.uploadLink(us, evidence).At("path").Text(), []byte(examplePDF))
	s.Advance(t, 9*365*24*time.Hour)
	s.runWorker()
	file := s.readNode(us, "Evidence", evidence, "file { name sha256 removedAt path }").At("file")
	if file.At("name").Text() != "removed" || file.At("removedAt").Text() == "" || len(file.At("sha256").Text()) != 64 {
		t.Errorf("shown: %s", file)
	}
	if response, text := s.sendFile(us, http.MethodGet, file.At("path").Text(), nil); response.StatusCode != http.StatusNotFound ||
		!strings.Contains(text, "was removed") {
		t.Errorf("%d %s", response.StatusCode, text)
	}
}
