package transport

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
	"github.com/southeasttogether/dps/resolvers/internal/rate"
)

// Files serves the documents of evidence: a PUT to a link that uploadEvidence gave, and a GET. Both need the token, in
// a header that no page of another site can send. That somebody else than its provider read a document is on record.
func Files(c Config) http.Handler {
	f := &files{c.DB, c.Tokens, rate.NewMeter(c.Rate), c.Scanner}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /evidence/upload/{link}", f.serve(f.put))
	mux.HandleFunc("GET /evidence/{id}/file", f.serve(f.get))
	return mux
}

type files struct {
	db      *db.DB
	tokens  *policy.Verifier
	meter   *rate.Meter
	scanner Scanner
}

// bytesPerUnit is how many bytes of a document cost as much as reading one row.
const bytesPerUnit = 10_000

// serve admits a caller with a good token who is within the rate, and answers an error.
func (f *files) serve(do func(http.ResponseWriter, *http.Request, policy.Actor) (int, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := f.tokens.Actor(r)
		if err != nil {
			reject(w, mediaGraphQL, unauthenticated(err))
			return
		}
		who := rate.Caller(a, r)
		if wait := f.meter.Wait(who); wait > 0 {
			reject(w, mediaGraphQL, tooMuchWork(w, f.meter, wait))
			return
		}
		sent, err := do(w, r, a)
		f.meter.Charge(who, 1+sent/bytesPerUnit)
		if err != nil {
			rejectFile(w, err)
		}
	}
}

// rejectFile answers a refusal in the form of a mutation's problems, and any other error without details.
func rejectFile(w http.ResponseWriter, err error) {
	refusal, forbidden := (*market.Refusal)(nil), errors.Is(err, db.ErrForbidden)
	switch {
	case errors.Is(err, db.ErrRevoked):
		reject(w, mediaGraphQL, unauthenticated(err))
	case forbidden:
		reject(w, mediaGraphQL, rejected(http.StatusForbidden, coded.Forbidden, "You cannot do this in your capacity."))
	case errors.As(err, &refusal):
		status := http.StatusUnprocessableEntity
		if refusal.Code == market.NotFound {
			status = http.StatusNotFound
		}
		respond(w, mediaJSON, status, problems{[]*market.Refusal{refusal}})
	default:
		reject(w, mediaGraphQL, err)
	}
}

type problems struct {
	Problems []*market.Refusal `json:"problems"`
}

func (f *files) put(w http.ResponseWriter, r *http.Request, a policy.Actor) (int, error) {
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, rules.MostFileBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return rules.MostFileBytes, rejected(http.StatusRequestEntityTooLarge, coded.LimitExceeded,
			"The file has more than "+strconv.Itoa(rules.MostFileBytes)+" bytes.")
	case err != nil:
		return 0, rejected(http.StatusBadRequest, coded.BadInput, "The upload stopped before the whole file arrived: send it again.")
	}
	if err := f.scanner.check(r.Context(), content); err != nil {
		return len(content), err
	}
	if err := admission.UploadDocument(r.Context(), f.db, a, r.PathValue("link"), content); err != nil {
		return len(content), err
	}
	respond(w, mediaJSON, http.StatusCreated, problems{[]*market.Refusal{}})
	return len(content), nil
}

// get sends a document as an attachment, which no browser shows or runs in the name of this service, once the view of it is on record.
func (f *files) get(w http.ResponseWriter, r *http.Request, a policy.Actor) (int, error) {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return 0, market.Absent("document")
	}
	view := f.db.View(a)
	file, content, err := admission.EvidenceContent(r.Context(), view, id)
	if err := errors.Join(err, view.End(r.Context())); err != nil {
		return 0, err
	}
	for name, value := range map[string]string{
		"Content-Type": file.Media, "Content-Length": strconv.Itoa(len(content)),
		"Content-Disposition":    mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}),
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox",
	} {
		w.Header().Set(name, value)
	}
	_, _ = w.Write(content)
	return len(content), nil
}
