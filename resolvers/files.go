package resolvers

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
	"github.com/southeasttogether/dps/policy"
)

// Files serves the documents of evidence beside GraphQL: a PUT to a link that uploadEvidence gave, and a GET. Both want
// the token, in a header that no page of another site can send; who may read the evidence may read its document.
func Files(c Config) http.Handler {
	f := &files{c.DB, c.Tokens, newMeter(c.Rate)}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /evidence/upload/{link}", f.serve(f.put))
	mux.HandleFunc("GET /evidence/{id}/file", f.serve(f.get))
	return mux
}

type files struct {
	db     *db.DB
	tokens *policy.Verifier
	meter  *meter
}

// bytesPerUnit is how many bytes of a document cost as much as reading one row.
const bytesPerUnit = 10_000

// serve lets in who has a good token and is within its rate, and answers an error.
func (f *files) serve(do func(http.ResponseWriter, *http.Request, policy.Actor) (int, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := f.tokens.Actor(r)
		if err != nil {
			refuse(w, mediaGraphQL, unauthorised(err))
			return
		}
		who := caller(a, r)
		if wait := f.meter.wait(who); wait > 0 {
			refuse(w, mediaGraphQL, f.meter.tooMuch(w, wait))
			return
		}
		sent, err := do(w, r, a)
		f.meter.charge(who, 1+sent/bytesPerUnit)
		if err != nil {
			refuseFile(w, err)
		}
	}
}

// refuseFile says of a rule's no what it is, in the form of a mutation's problems, and of any other error nothing.
func refuseFile(w http.ResponseWriter, err error) {
	refusal, forbidden := (*market.Refusal)(nil), errors.Is(err, db.ErrForbidden)
	switch {
	case errors.Is(err, db.ErrRevoked):
		refuse(w, mediaGraphQL, unauthorised(err))
	case forbidden:
		refuse(w, mediaGraphQL, refused(http.StatusForbidden, codeForbidden, "Your capacity cannot do this."))
	case errors.As(err, &refusal):
		status := http.StatusUnprocessableEntity
		if refusal.Code == market.NotFound {
			status = http.StatusNotFound
		}
		write(w, mediaJSON, status, problems{[]*market.Refusal{refusal}})
	default:
		refuse(w, mediaGraphQL, err)
	}
}

type problems struct {
	Problems []*market.Refusal `json:"problems"`
}

func (f *files) put(w http.ResponseWriter, r *http.Request, a policy.Actor) (int, error) {
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, market.MostFileBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return market.MostFileBytes, refused(http.StatusRequestEntityTooLarge, codeLimit, "The file has more than "+strconv.Itoa(market.MostFileBytes)+" bytes.")
	case err != nil:
		return 0, refused(http.StatusBadRequest, codeBadInput, "The file ended before it was whole.")
	}
	if err := admission.UploadDocument(r.Context(), f.db, a, r.PathValue("link"), content); err != nil {
		return len(content), err
	}
	write(w, mediaJSON, http.StatusCreated, problems{[]*market.Refusal{}})
	return len(content), nil
}

// get sends a document as an attachment, which no browser shows or runs in the name of this service.
func (f *files) get(w http.ResponseWriter, r *http.Request, a policy.Actor) (sent int, err error) {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return 0, market.Absent("document")
	}
	view := f.db.View(a)
	defer func() { err = errors.Join(err, view.End(r.Context())) }()
	file, content, err := admission.EvidenceContent(r.Context(), view, id)
	if err != nil {
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
