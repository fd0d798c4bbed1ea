package graphiql

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// pageFiles is the page with stand-ins for the fetched files, which a test cannot rely on.
func pageFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	for _, name := range append([]string{"page/page.html"}, pageAssets...) {
		data, err := fs.ReadFile(embeddedFiles, name)
		if err != nil && strings.HasPrefix(name, "page/") {
			t.Fatal(err)
		}
		all[name] = &fstest.MapFile{Data: append(data, ' ')}
	}
	return all
}

func getPath(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestHandlerNeedsEveryFile(t *testing.T) {
	if _, ok := newHandler(pageFiles(t)); !ok {
		t.Fatal("no page although every file is there")
	}
	for _, name := range pageAssets {
		without := pageFiles(t)
		delete(without, name)
		if _, ok := newHandler(without); ok {
			t.Errorf("a page without %s", name)
		}
	}
}

func TestHandlerServesWhatThePageNames(t *testing.T) {
	h, _ := newHandler(pageFiles(t))
	html := getPath(t, h, "/").Body.String()
	named := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(html, -1)
	if want := len(pageAssets) + 1; len(named) != want { // and the empty icon
		t.Errorf("the page names %d files, want %d", len(named), want)
	}
	for _, m := range named {
		if strings.HasPrefix(m[1], "data:") {
			continue
		}
		if w := getPath(t, h, m[1]); w.Code != http.StatusOK {
			t.Errorf("%s: status %d", m[1], w.Code)
		}
	}
	for _, path := range []string{"/graphiql", "/graphiql/", "/graphiql/.gitkeep", "/graphiql/../graphiql.go", "/page.html", "/other"} {
		if w := getPath(t, h, path); w.Code == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

func TestPageReachesNoOtherHost(t *testing.T) {
	h, _ := newHandler(pageFiles(t))
	for _, path := range []string{"/", "/graphiql/page.js"} {
		w := getPath(t, h, path)
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "connect-src 'self'") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if strings.Contains(w.Body.String(), "//cdn") || regexp.MustCompile(`https?://`).MatchString(w.Body.String()) {
			t.Errorf("%s names another host", path)
		}
	}
	if regexp.MustCompile(`script-src[^;]*unsafe|https?:|\*`).MatchString(contentPolicy) {
		t.Errorf("the policy lets in more than this service: %q", contentPolicy)
	}
	if html := getPath(t, h, "/").Body.String(); regexp.MustCompile(`<script(?: defer)?>|<script[^>]*>[^<]|\son\w+=`).MatchString(html) {
		t.Error("the page contains a script")
	}
}
