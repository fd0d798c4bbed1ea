package transport

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/southeasttogether/dps/resolvers/internal/coded"
	"github.com/southeasttogether/dps/resolvers/internal/guard"
)

// This file is GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/): what a request must look like,
// and in what form it is answered. There is only one way to send a request, a POST of application/json. A GET would put
// the request in logs of addresses and in caches, and form types would let a page of another site send a request
// without the browser asking first.

const (
	mediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
)

// rejection answers a request that was not executed. Status 0 leaves the status to the codes of the errors and to the
// media type.
type rejection struct {
	status int
	errors gqlerror.List
}

func (r *rejection) Error() string { return r.errors.Error() }

func rejected(status int, code, message string) *rejection {
	return &rejection{status, gqlerror.List{coded.New(code, message)}}
}

// negotiate chooses the media type of the answer, for a request of the right form.
func negotiate(r *http.Request) (string, error) {
	media := acceptedMedia(r.Header.Values("Accept"))
	switch {
	case media == "":
		return "", rejected(http.StatusNotAcceptable, coded.BadInput, "Answers are "+mediaGraphQL+" or "+mediaJSON+": accept one of them.")
	case r.Method != http.MethodPost:
		return "", rejected(http.StatusMethodNotAllowed, coded.BadInput, "Use the method POST.")
	case !isJSON(r.Header.Get("Content-Type")):
		return "", rejected(http.StatusUnsupportedMediaType, coded.BadInput, "Use the content type "+mediaJSON+", in UTF-8.")
	}
	return media, nil
}

// acceptedMedia is the first accepted media type that the service has; application/json if any is accepted.
func acceptedMedia(headers []string) string {
	if len(headers) == 0 {
		return mediaJSON
	}
	for part := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		media, parameters, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil || strings.Trim(parameters["q"], "0.") == "" && parameters["q"] != "" {
			continue
		}
		switch media {
		case mediaGraphQL:
			return mediaGraphQL
		case mediaJSON, "application/*", "*/*":
			return mediaJSON
		}
	}
	return ""
}

func isJSON(contentType string) bool {
	media, parameters, err := mime.ParseMediaType(contentType)
	charset := parameters["charset"]
	return err == nil && media == mediaJSON && slices.Contains([]string{"", "utf-8", "utf8"}, strings.ToLower(charset))
}

// readParams reads the one operation of a request. No error repeats anything of the body.
func readParams(w http.ResponseWriter, r *http.Request, limits guard.Limits) (*graphql.RawParams, error) {
	start := graphql.Now()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limits.BodyBytes))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &rejection{http.StatusRequestEntityTooLarge, gqlerror.List{
			coded.Limit("The body has more than %d bytes: shorten the document, or send the data in several requests.", limits.BodyBytes),
		}}
	}
	if err != nil {
		return nil, rejected(http.StatusBadRequest, coded.BadInput, "The request stopped before the whole body arrived: send it again.")
	}
	params, err := decodeParams(body, limits.Items)
	if err != nil {
		return nil, err
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, nil
}

func decodeParams(body []byte, items int) (*graphql.RawParams, error) {
	text := strings.TrimSpace(strings.TrimPrefix(string(body), "\ufeff")) // RFC 8259, 8.1: a byte order mark can be ignored
	if strings.HasPrefix(text, "[") {
		return nil, rejected(http.StatusBadRequest, coded.LimitExceeded, "Send one operation in each request, not a batch.")
	}
	if countItems(text) > items {
		return nil, &rejection{http.StatusBadRequest, gqlerror.List{
			coded.Limit("The body has more than %d items in its lists and objects: send the data in several requests.", items),
		}}
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	params := &graphql.RawParams{}
	err := decoder.Decode(params)
	if _, rest := decoder.Token(); err != nil || rest != io.EOF {
		return nil, rejected(http.StatusBadRequest, coded.BadInput,
			"The body must be one JSON object with a string `query` and, if needed, a string `operationName` and objects "+
				"`variables` and `extensions`.")
	}
	if params.Query == "" {
		return nil, rejected(http.StatusBadRequest, coded.BadInput, "The body has no `query`.")
	}
	return params, nil
}

// countItems counts what separates the items of a JSON text, or opens a list or an object. This is cheap, and reading
// many small values is not.
func countItems(text string) int {
	n := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += guard.StringLength(text[i:]) - 1
		case ',', '[', '{':
			n++
		}
	}
	return n
}

// reject answers with only the errors, without `data`: nothing was executed.
func reject(w http.ResponseWriter, media string, err error) {
	var why *rejection
	if !errors.As(err, &why) {
		why = &rejection{http.StatusInternalServerError, gqlerror.List{masked(err)}}
	}
	status := why.status
	switch {
	case status != 0:
	case media == mediaJSON: // the draft: in the older media type a well-formed request is 200, whatever becomes of it
		status = http.StatusOK
	default:
		status = statusOf(why.errors[0])
	}
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="dps"`)
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	}
	tellErrors(w, why.errors)
	respond(w, media, status, struct {
		Errors gqlerror.List `json:"errors"`
	}{why.errors})
}

func statusOf(err *gqlerror.Error) int {
	switch err.Extensions["code"] {
	case coded.Forbidden:
		return http.StatusForbidden
	case coded.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// respond sends a response. No cache may keep it, because it is for this caller only.
func respond(w http.ResponseWriter, media string, status int, response any) {
	parts, err := encode(response)
	if err != nil {
		status = http.StatusInternalServerError
		parts = [][]byte{[]byte(`{"errors":[{"message":"The answer could not be written.","extensions":{"code":"INTERNAL"}}]}`)}
		slog.Error("response could not be encoded", "error", err)
	}
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	for _, part := range parts {
		_, _ = w.Write(part)
	}
}

// encode gives the response as JSON, in parts. Data are already JSON: encoding/json would read and copy them again.
func encode(response any) ([][]byte, error) {
	if r, ok := response.(*graphql.Response); ok && len(r.Errors) == 0 && len(r.Extensions) == 0 && len(r.Data) > 0 {
		return [][]byte{[]byte(`{"data":`), r.Data, []byte("}")}, nil
	}
	body, err := json.Marshal(response)
	return [][]byte{body}, err
}
