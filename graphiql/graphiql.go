// Package graphiql serves GraphiQL, the page on which people try the API, from this program alone. Its scripts come
// from npm by `make page`, pinned by package-lock.json, and are not committed: without them there is no page.
package graphiql

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
)

// embeddedFiles are the page and what it loads; assets/ holds no more than a placeholder until `make page` has run.
//
//go:embed page all:assets
var embeddedFiles embed.FS

// pageAssets are the files that the page names.
var pageAssets = []string{
	"page/page.css",
	"page/page.js",
	"assets/graphiql.min.css",
	"assets/graphiql.min.js",
	"assets/react-dom.production.min.js",
	"assets/react.production.min.js",
}

// contentPolicy lets the page load from and talk to this service and no other host. The page can contain styles,
// because the menus make theirs as they open, but no scripts.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the page at / and its files under /graphiql/; the page asks /graphql. False when the fetched files are
// missing: there is no page then.
func Handler() (http.Handler, bool) { return newHandler(embeddedFiles) }

func newHandler(files fs.FS) (http.Handler, bool) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", serveFile(files, "page/page.html"))
	for _, name := range pageAssets {
		if _, err := fs.Stat(files, name); err != nil {
			return nil, false
		}
		mux.HandleFunc("GET /graphiql/"+path.Base(name), serveFile(files, name))
	}
	return withSecurityHeaders(mux), true
}

func serveFile(files fs.FS, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) }
}

func withSecurityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}
