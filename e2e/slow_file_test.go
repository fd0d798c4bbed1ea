package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/resolvers"
)

// largePDF is a document of the largest size, which no buffer of a connection holds.
func largePDF() []byte {
	const first, last = "%PDF-1.7\n", "\n%%EOF\n"
	return slices.Concat([]byte(first), bytes.Repeat([]byte("Synthetic.\n"), 950_000), []byte(last))
}

// openRequest sends the head of a request for a file, and what of its body is given, on a connection of its own.
func (s *scene) openRequest(who demo.Persona, method, path string, length int, body string) *bufio.Reader {
	s.t.Helper()
	at, err := url.Parse(s.Client.URL)
	must(s.t, err)
	dialled, err := new(net.Dialer).DialContext(s.t.Context(), "tcp", at.Host)
	must(s.t, err)
	conn := dialled.(*net.TCPConn)
	s.t.Cleanup(func() { _ = conn.Close() })
	must(s.t, conn.SetReadBuffer(4096))
	_, err = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s", method, path, at.Host,
		s.credentialOf(s.t, who).Authorization, length, body)
	must(s.t, err)
	return bufio.NewReaderSize(conn, 16)
}

// answerOf reads the head of an answer, and nothing of its body.
func (s *scene) answerOf(from *bufio.Reader) *http.Response {
	s.t.Helper()
	answer, err := http.ReadResponse(from, nil) // it is not closed, because that would read it to its end
	must(s.t, err)
	return answer
}

// TestSlowReadersHoldNoConnection: more readers than the pool has connections have begun to read a document, and go no further.
func TestSlowReadersHoldNoConnection(t *testing.T) {
	const readers = 12 // more than the pool has connections
	s := newEvidenceScene(t).withFiles(func(c *resolvers.Config) {
		c.Files = resolvers.FileLimits{Bytes: readers * 11 << 20, PerCaller: readers, Grace: time.Hour, Wait: time.Hour}
	})
	us := bidsManagerOf(1)
	evidence := uploaded(s, us, largePDF())
	path := s.readNode(us, "Evidence", evidence, "file { path }").At("file.path").Text()
	for range readers {
		from := s.openRequest(us, http.MethodGet, path, 0, "")
		if answer := s.answerOf(from); answer.StatusCode != http.StatusOK || answer.ContentLength < 9<<20 {
			t.Fatalf("%s of %d bytes", answer.Status, answer.ContentLength)
		}
	}
	var n int
	must(t, s.Admin.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'").
		Scan(&n))
	if n != 0 {
		t.Errorf("%d transactions wait for slow readers", n)
	}
}

// uploaded is evidence with a document.
func uploaded(s *scene, who demo.Persona, content []byte) (evidence string) {
	s.t.Helper()
	evidence = s.recordEvidence(who, 90)
	if response, text := s.sendFile(who, http.MethodPut, s.uploadLink(who, evidence).At("path").Text(),
		content); response.StatusCode != http.StatusCreated {
		s.t.Fatalf("%d: %s", response.StatusCode, text)
	}
	return evidence
}

// TestUploadIsRefusedBeforeItIsRead: a link that is not the caller's, that has expired, or whose evidence has its document is refused while
// nothing of the file has been sent.
func TestUploadIsRefusedBeforeItIsRead(t *testing.T) {
	s := newEvidenceScene(t)
	us, others := bidsManagerOf(1), bidsManagerOf(2)
	evidence := s.recordEvidence(us, 90)
	path, used := s.uploadLink(us, evidence).At("path").Text(), s.uploadLink(us, evidence).At("path").Text()
	refused := func(who demo.Persona, path string, status int) {
		t.Helper()
		from := s.openRequest(who, http.MethodPut, path, 10<<20, "")
		if got := s.answerOf(from); got.StatusCode != status {
			t.Errorf("%s: %s, want %d", who, got.Status, status)
		}
	}
	refused(others, path, http.StatusNotFound)
	refused(us, "/evidence/upload/synthetic", http.StatusNotFound)
	s.mustUpload(us, path)
	refused(us, used, http.StatusUnprocessableEntity)
	another := s.uploadLink(us, s.recordEvidence(us, 91)).At("path").Text()
	s.passTime(11 * time.Minute)
	refused(us, another, http.StatusUnprocessableEntity)
}

// TestUploadThatStandsStillEnds, and gives its room back.
func TestUploadThatStandsStillEnds(t *testing.T) {
	s := newEvidenceScene(t).withFiles(func(c *resolvers.Config) {
		c.Files = resolvers.FileLimits{PerCaller: 1, Grace: 300 * time.Millisecond}
	})
	us := bidsManagerOf(1)
	path := s.uploadLink(us, s.recordEvidence(us, 90)).At("path").Text()
	from := s.openRequest(us, http.MethodPut, path, 1000, "%PDF-1.7")
	if got := s.answerOf(from); got.StatusCode != http.StatusRequestTimeout {
		t.Errorf("an upload that stands still: %s", got.Status)
	}
	s.mustUpload(us, path)
}

// TestDocumentsUnderWayAreBounded, in number for one caller and in bytes for all.
func TestDocumentsUnderWayAreBounded(t *testing.T) {
	s := newEvidenceScene(t).withFiles(func(c *resolvers.Config) {
		c.Files = resolvers.FileLimits{Bytes: 10 << 20, PerCaller: 2, Grace: time.Hour, Wait: time.Millisecond}
	})
	us := bidsManagerOf(1)
	path := s.readNode(us, "Evidence", uploaded(s, us, largePDF()), "file { path }").At("file.path").Text()
	from := s.openRequest(us, http.MethodGet, path, 0, "")
	s.answerOf(from)
	for _, c := range []struct {
		who    demo.Persona
		status int
	}{
		{us, http.StatusServiceUnavailable}, {anotherPerson(us, 2), http.StatusServiceUnavailable},
	} {
		response, text := s.sendFile(c.who, http.MethodGet, path, nil)
		if response.StatusCode != c.status || response.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s, want %d", c.who, response.StatusCode, text, c.status)
		}
	}
	many := s.withFiles(func(c *resolvers.Config) { c.Files = resolvers.FileLimits{PerCaller: 1, Grace: time.Hour} })
	from = many.openRequest(us, http.MethodGet, path, 0, "")
	many.answerOf(from)
	if response, text := many.sendFile(us, http.MethodGet, path, nil); response.StatusCode != http.StatusTooManyRequests ||
		!strings.Contains(text, "LIMIT_EXCEEDED") {
		t.Errorf("a second one of the same person: %d %s", response.StatusCode, text)
	}
	if response, text := many.sendFile(anotherPerson(us, 2), http.MethodGet, path, nil); response.StatusCode != http.StatusOK {
		t.Errorf("another person: %d %.80s", response.StatusCode, text)
	}
}

// TestProviderStoresABoundedAmount: what it has stored in 24 hours is counted before a file is read.
func TestProviderStoresABoundedAmount(t *testing.T) {
	s := newEvidenceScene(t)
	us := bidsManagerOf(1)
	for i := range 20 {
		evidence := s.recordEvidence(us, 100+i)
		_, err := s.Admin.Exec(`INSERT INTO dps.evidence_file (evidence_id, provider_id, name, media, bytes, sha256, content, uploaded_at,
			uploaded_by) SELECT $1, $2, 'synthetic.pdf', 'application/pdf', 10485760, '', 'synthetic', dps.now(), 'synthetic.person'`,
			uuidOf(t, evidence), us.Organisation)
		must(t, err)
	}
	path := s.uploadLink(us, s.recordEvidence(us, 90)).At("path").Text()
	if response, text := s.sendFile(us, http.MethodPut, path, []byte(examplePDF)); response.StatusCode != http.StatusUnprocessableEntity ||
		!strings.Contains(text, "TOO_EARLY") {
		t.Errorf("over the bound: %d %s", response.StatusCode, text)
	}
	s.passTime(25 * time.Hour)
	s.uploadDocument(us, s.recordEvidence(us, 89))
}
