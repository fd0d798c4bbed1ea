package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Client sends requests to the service over HTTP, as anybody with the right header would.
type Client struct {
	URL string // of the GraphQL endpoint
}

// Credential shows who sends a request.
type Credential struct {
	Authorization string // the whole header; "" for the public
	Capacity      string // "" where the token settles it
}

// Reply is the answer to one request.
type Reply struct {
	Status int
	Data   Value
	Errors []struct {
		Message    string
		Path       []any
		Extensions struct{ Code string }
	}
	Raw string
}

// Do sends one operation.
func (c Client) Do(ctx context.Context, who Credential, query string, variables map[string]any) (Reply, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return Reply{}, fmt.Errorf("request: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return Reply{}, fmt.Errorf("request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	if who.Authorization != "" {
		request.Header.Set("Authorization", who.Authorization)
	}
	if who.Capacity != "" {
		request.Header.Set("Dps-Capacity", who.Capacity)
	}
	return sendRequest(request)
}

func sendRequest(request *http.Request) (Reply, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Reply{}, fmt.Errorf("the service does not answer: %w", err)
	}
	defer response.Body.Close()
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(response.Body); err != nil {
		return Reply{}, fmt.Errorf("reading the answer: %w", err)
	}
	reply := Reply{Status: response.StatusCode, Raw: raw.String()}
	decoder := json.NewDecoder(&raw)
	decoder.UseNumber()
	if err := decoder.Decode(&reply); err != nil {
		return reply, fmt.Errorf("the answer with status %d is not JSON: %w", response.StatusCode, err)
	}
	return reply, nil
}

// Value is a piece of an answer.
type Value struct{ any }

// UnmarshalJSON keeps the piece as it is.
func (v *Value) UnmarshalJSON(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode(&v.any)
}

// Raw is the piece as it was decoded.
func (v Value) Raw() any { return v.any }

// At is the piece at a path of names and positions: "need.offers.0.id". A missing piece is an empty Value.
func (v Value) At(path string) Value {
	for name := range strings.SplitSeq(path, ".") {
		switch inside := v.any.(type) {
		case map[string]any:
			v = Value{inside[name]}
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(inside) {
				return Value{}
			}
			v = Value{inside[i]}
		default:
			return Value{}
		}
	}
	return v
}

// Text is the piece as a text; "" for null and for what is not there.
func (v Value) Text() string {
	if v.any == nil {
		return ""
	}
	return fmt.Sprint(v.any)
}

// Number is the piece as a whole number; 0 if it is not one.
func (v Value) Number() int {
	n, err := strconv.Atoi(v.Text())
	if err != nil {
		return 0
	}
	return n
}

// All are the pieces of a list.
func (v Value) All() []Value {
	list, _ := v.any.([]any)
	all := make([]Value, len(list))
	for i, item := range list {
		all[i] = Value{item}
	}
	return all
}

// IsList says whether the piece is a list.
func (v Value) IsList() bool {
	_, ok := v.any.([]any)
	return ok
}

// Exists says whether the piece is there and not null.
func (v Value) Exists() bool { return v.any != nil }
