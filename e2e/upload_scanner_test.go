package e2e_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers"
	"github.com/southeasttogether/dps/seal"
)

// malware is the word that the scanner of the tests finds.
const malware = "synthetic malware"

// startClamd answers as clamd does to INSTREAM: with found where the file holds malware, and with a word of its own if it has one.
func startClamd(t *testing.T, network, address, always string) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), network, address)
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			answerScan(conn, malware, always)
		}
	}()
	return listener.Addr().String()
}

func answerScan(conn net.Conn, word, always string) {
	defer conn.Close()
	command := make([]byte, len("zINSTREAM\x00"))
	if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
		_, _ = conn.Write([]byte("UNKNOWN COMMAND\x00"))
		return
	}
	var file bytes.Buffer
	for {
		var size uint32
		if err := binary.Read(conn, binary.BigEndian, &size); err != nil {
			return
		}
		if size == 0 {
			break
		}
		if _, err := io.CopyN(&file, conn, int64(size)); err != nil {
			return
		}
	}
	reply := "stream: OK"
	if always != "" {
		reply = always
	} else if bytes.Contains(file.Bytes(), []byte(word)) {
		reply = "stream: Synthetic.Test.Signature FOUND"
	}
	_, _ = conn.Write([]byte(reply + "\x00"))
}

// scannedBy is the scene with a scanner of what is uploaded.
func (s *scene) scannedBy(address string) *scene {
	return s.withFiles(func(c *resolvers.Config) { c.Scanner = resolvers.Scanner(address) })
}

// withFiles is the scene with another service of documents.
func (s *scene) withFiles(change func(*resolvers.Config)) *scene {
	s.t.Helper()
	tokens, err := policy.NewVerifier(s.t.Context(), policy.TokenConfig{
		Issuer: issuer, Audience: audience, DevelopmentKey: s.key.Public().(ed25519.PublicKey), HashCode: seal.HashCode,
	})
	must(s.t, err)
	config := resolvers.Config{DB: s.API, Policy: s.Policy, Tokens: tokens}
	change(&config)
	endpoint, err := resolvers.New(config)
	must(s.t, err)
	mux := http.NewServeMux()
	mux.Handle("/", endpoint)
	mux.Handle("/evidence/", resolvers.Files(config))
	server := httptest.NewServer(mux)
	s.t.Cleanup(server.Close)
	w := *s.world
	w.Client.URL = server.URL
	other := s.forSubtest(s.t)
	other.world = &w
	return other
}

// TestUploadsAreScanned: what a scanner finds something in, or cannot look at, is not kept, and the same link takes a clean file.
func TestUploadsAreScanned(t *testing.T) {
	bad := strings.Replace(examplePDF, "%%EOF", "% "+malware+"\n%%EOF", 1)
	s := newScene(t, "MATCHING")
	who := bidsManagerOf(1)
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	nobody := silent.Addr().String()
	must(t, silent.Close())
	for name, c := range map[string]struct {
		scanner, file string
		status        int
		words         string
	}{
		"clean":       {startClamd(t, "tcp", "127.0.0.1:0", ""), examplePDF, http.StatusCreated, ""},
		"by a socket": {startClamd(t, "unix", filepath.Join(t.TempDir(), "clamd"), ""), examplePDF, http.StatusCreated, ""},
		"found":       {startClamd(t, "tcp", "127.0.0.1:0", ""), bad, http.StatusUnprocessableEntity, "virus scanner"},
		"too large for it": {
			startClamd(t, "tcp", "127.0.0.1:0", "INSTREAM size limit exceeded. ERROR"), examplePDF,
			http.StatusServiceUnavailable, "send it again later",
		},
		"nobody answers":    {nobody, examplePDF, http.StatusServiceUnavailable, "send it again later"},
		"no scanner at all": {"", bad, http.StatusCreated, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := s.forSubtest(t)
			evidence := s.recordEvidence(who, 400)
			path := s.uploadLink(who, evidence).At("path").Text()
			response, text := s.scannedBy(c.scanner).sendFile(who, http.MethodPut, path, []byte(c.file))
			if response.StatusCode != c.status || !strings.Contains(text, c.words) || strings.Contains(text, "Signature") {
				t.Fatalf("%d: %s", response.StatusCode, text)
			}
			kept := s.readNode(who, "Evidence", evidence, "file { name }").At("file").Exists()
			if kept != (c.status == http.StatusCreated) {
				t.Errorf("it is kept: %v", kept)
			}
			if !kept {
				s.mustUpload(who, path)
			}
		})
	}
}

// mustUpload sends a document to a link.
func (s *scene) mustUpload(who demo.Persona, path string) {
	s.t.Helper()
	if response, text := s.sendFile(who, http.MethodPut, path, []byte(examplePDF)); response.StatusCode != http.StatusCreated {
		s.t.Errorf("again: %d: %s", response.StatusCode, text)
	}
}
