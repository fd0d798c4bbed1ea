package transport

import (
	"errors"
	"mime"
	"net/http"
	"os"
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
	f := &files{c.DB, c.Tokens, rate.NewMeter(c.Rate), c.Scanner, newTransit(c.Files), c.Proxies}
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
	transit *transit
	proxies rate.Proxies
}

// bytesPerUnit is how many bytes of a document cost as much as reading one row.
const bytesPerUnit = 10_000

// serve admits a caller with a good token who is within the rate, and answers an error.
func (f *files) serve(do func(http.ResponseWriter, *http.Request, policy.Actor) (int, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := f.tokens.Actor(r)
		if err != nil {
			refused.noteToken(err)
			reject(w, mediaGraphQL, unauthenticated(err))
			return
		}
		payers, sent := rate.Payers(a, r, f.proxies), 0
		settle, wait := f.meter.Reserve(payers)
		if wait > 0 {
			reject(w, mediaGraphQL, tooMuchWork(w, f.meter, wait))
			return
		}
		defer func() { settle(1 + sent/bytesPerUnit) }()
		end, err := f.transit.begin(w, payers[0].Who)
		if err != nil {
			reject(w, mediaGraphQL, err)
			return
		}
		defer end()
		sent, err = do(w, r, a)
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
		refused.note(causeRevoked)
		reject(w, mediaGraphQL, unauthenticated(err))
	case forbidden:
		reject(w, mediaGraphQL, rejected(http.StatusForbidden, coded.Forbidden, "You cannot do this in your capacity."))
	case errors.As(err, &refusal):
		status := http.StatusUnprocessableEntity
		if refusal.Code == market.NotFound {
			status = http.StatusNotFound
			refused.note(causeFileNotFound)
		}
		respond(w, mediaJSON, status, problems{[]*market.Refusal{refusal}})
	default:
		reject(w, mediaGraphQL, err)
	}
}

type problems struct {
	Problems []*market.Refusal `json:"problems"`
}

// put stores a document: the link is looked at first, then the body is read, and no connection to the database is held meanwhile.
func (f *files) put(w http.ResponseWriter, r *http.Request, a policy.Actor) (int, error) {
	link, err := admission.CheckUpload(r.Context(), f.db, a, r.PathValue("link"))
	if err != nil {
		return 0, err
	}
	if r.ContentLength > rules.MostFileBytes {
		return 0, errFileTooLarge()
	}
	share := r.ContentLength
	if share < 0 {
		share = rules.MostFileBytes
	}
	if err := take(r.Context(), w, f.transit.room, share, f.transit.Wait); err != nil {
		return 0, err
	}
	defer f.transit.room.Release(share)
	content, err := f.transit.receive(w, r)
	if err != nil {
		return len(content), explainUpload(err)
	}
	if err := take(r.Context(), w, f.transit.hands, 1, handTime); err != nil {
		return len(content), err
	}
	defer f.transit.hands.Release(1)
	if err := f.scanner.check(r.Context(), content); err != nil {
		return len(content), err
	}
	if err := admission.StoreDocument(r.Context(), f.db, a, link, content); err != nil {
		return len(content), err
	}
	respond(w, mediaJSON, http.StatusCreated, problems{[]*market.Refusal{}})
	return len(content), nil
}

func errFileTooLarge() error {
	return rejected(http.StatusRequestEntityTooLarge, coded.LimitExceeded,
		"The file has more than "+strconv.Itoa(rules.MostFileBytes)+" bytes.")
}

// explainUpload says why a body could not be read to its end.
func explainUpload(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return errFileTooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return rejected(http.StatusRequestTimeout, coded.BadInput, "The upload stood still for too long: send the file again.")
	}
	return rejected(http.StatusBadRequest, coded.BadInput, "The upload stopped before the whole file arrived: send it again.")
}

// get sends a document as an attachment, which no browser shows or runs in the name of this service, once the view of it is on record. The
// connection to the database is given back before the first byte is sent.
func (f *files) get(w http.ResponseWriter, r *http.Request, a policy.Actor) (int, error) {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return 0, market.Absent("document")
	}
	if err := take(r.Context(), w, f.transit.room, rules.MostFileBytes, f.transit.Wait); err != nil {
		return 0, err
	}
	held := int64(rules.MostFileBytes)
	defer func() { f.transit.room.Release(held) }()
	file, content, err := f.fetch(w, r, a, id)
	if err != nil {
		return 0, err
	}
	f.transit.room.Release(held - int64(len(content)))
	held = int64(len(content))
	for name, value := range map[string]string{
		"Content-Type": file.Media, "Content-Length": strconv.Itoa(len(content)),
		"Content-Disposition":    mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}),
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox",
	} {
		w.Header().Set(name, value)
	}
	return f.transit.send(w, content), nil
}

// fetch reads a document, and puts the view of it on record.
func (f *files) fetch(w http.ResponseWriter, r *http.Request, a policy.Actor, id uuid.UUID) (rules.EvidenceFile, []byte, error) {
	if err := take(r.Context(), w, f.transit.hands, 1, f.transit.Wait); err != nil {
		return rules.EvidenceFile{}, nil, err
	}
	defer f.transit.hands.Release(1)
	view := f.db.View(a)
	file, content, err := admission.EvidenceContent(r.Context(), view, id)
	return file, content, errors.Join(err, view.End(r.Context()))
}
