package resolvers

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// This file is GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/): what a request must look like,
// and in what form it is answered. There is one way to ask, a POST of application/json. No GET, so that nothing asked
// stands in a log of addresses or in a cache; no form types, so that no page of another site can send a request
// without asking the browser first.

const (
	mediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
)

// refusal answers a request of which nothing was executed. Status 0 leaves it to the codes of the errors and to the
// media type.
type refusal struct {
	status int
	errors gqlerror.List
}

func (r *refusal) Error() string { return r.errors.Error() }

func refused(status int, code, message string) *refusal {
	return &refusal{status, gqlerror.List{coded(code, message)}}
}

// negotiated says in which media type to answer a request of the right form.
func negotiated(r *http.Request) (string, error) {
	media := accepted(r.Header.Values("Accept"))
	switch {
	case media == "":
		return "", refused(http.StatusNotAcceptable, codeBadInput, "Answers are "+mediaGraphQL+" or "+mediaJSON+": accept one of them.")
	case r.Method != http.MethodPost:
		return "", refused(http.StatusMethodNotAllowed, codeBadInput, "Send a POST.")
	case !isJSON(r.Header.Get("Content-Type")):
		return "", refused(http.StatusUnsupportedMediaType, codeBadInput, "Send the content type "+mediaJSON+", in UTF-8.")
	}
	return media, nil
}

// accepted is the first media type that is asked for and that we have; application/json where any will do.
func accepted(headers []string) string {
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
	return err == nil && media == mediaJSON && (charset == "" || strings.EqualFold(charset, "utf-8"))
}

// read reads the one operation that a request holds. No error repeats anything of the body.
func read(w http.ResponseWriter, r *http.Request, limits Limits) (*graphql.RawParams, error) {
	start := graphql.Now()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limits.BodyBytes))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &refusal{http.StatusRequestEntityTooLarge, gqlerror.List{
			exceeded("The body has more than %d bytes: shorten the document, or send the data in several requests.", limits.BodyBytes)}}
	}
	if err != nil {
		return nil, refused(http.StatusBadRequest, codeBadInput, "The body ended before it was whole.")
	}
	params, err := decoded(body, limits.Items)
	if err != nil {
		return nil, err
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, nil
}

func decoded(body []byte, items int) (*graphql.RawParams, error) {
	text := strings.TrimSpace(string(body))
	if strings.HasPrefix(text, "[") {
		return nil, refused(http.StatusBadRequest, codeLimit, "A request holds one operation: send those of a batch one by one.")
	}
	if separators(text) > items {
		return nil, &refusal{http.StatusBadRequest, gqlerror.List{
			exceeded("The body has more than %d items in its lists and objects: send the data in several requests.", items)}}
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	params := &graphql.RawParams{}
	err := decoder.Decode(params)
	if _, rest := decoder.Token(); err != nil || rest != io.EOF {
		return nil, refused(http.StatusBadRequest, codeBadInput,
			"The body must be one JSON object with a text `query` and, if needed, a text `operationName` and objects `variables` and `extensions`.")
	}
	if params.Query == "" {
		return nil, refused(http.StatusBadRequest, codeBadInput, "The body has no `query`.")
	}
	return params, nil
}

// separators counts what separates the items of a JSON text, or opens a list or an object: it is cheap, and reading many
// small values is not.
func separators(text string) int {
	n := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringLength(text[i:]) - 1
		case ',', '[', '{':
			n++
		}
	}
	return n
}

// refuse answers with the errors alone, without `data`: nothing was executed.
func refuse(w http.ResponseWriter, media string, err error) {
	var why *refusal
	if !errors.As(err, &why) {
		why = &refusal{http.StatusInternalServerError, gqlerror.List{masked(err)}}
	}
	status := why.status
	switch {
	case status != 0:
	case media == mediaJSON: // the draft: a well-formed request is 200 whatever becomes of it, in the older media type
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
	write(w, media, status, struct {
		Errors gqlerror.List `json:"errors"`
	}{why.errors})
}

func statusOf(err *gqlerror.Error) int {
	switch err.Extensions["code"] {
	case codeForbidden:
		return http.StatusForbidden
	case codeInternal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// write sends a response. Nothing of it may be kept on the way: it is for this caller alone.
func write(w http.ResponseWriter, media string, status int, response any) {
	parts, err := encoded(response)
	if err != nil {
		status, parts = http.StatusInternalServerError, [][]byte{[]byte(`{"errors":[{"message":"The answer could not be written.","extensions":{"code":"INTERNAL"}}]}`)}
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

// encoded is the response as JSON, in parts. Data alone are JSON already: encoding/json would read and copy them once more.
func encoded(response any) ([][]byte, error) {
	if r, answered := response.(*graphql.Response); answered && len(r.Errors) == 0 && len(r.Extensions) == 0 && len(r.Data) > 0 {
		return [][]byte{[]byte(`{"data":`), r.Data, []byte("}")}, nil
	}
	body, err := json.Marshal(response)
	return [][]byte{body}, err
}
