package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// stutterer is a proxy in front of the service. It sends each change that has an idempotency key many times: at once,
// again when it is done, and with the same key and another input. It passes an answer on after it has seen that all are
// the same.
type stutterer struct {
	t          testing.TB
	serviceURL string // the service's address

	mu            sync.Mutex
	sentMutations map[string]bool // mutations
}

const stutterCount = 20

// addStutterer puts a stutterer before a world.
func (w *world) addStutterer(t testing.TB) *stutterer {
	s := &stutterer{t: t, serviceURL: w.Client.URL, sentMutations: map[string]bool{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	w.Client.URL = server.URL
	return s
}

func (s *stutterer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	var answer []byte
	if mutation, in := keyedMutation(body); in != nil {
		answer = s.sendMany(r, mutation, body, in)
	} else {
		answer = s.sendOnce(r, body)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

func (s *stutterer) sendOnce(r *http.Request, body []byte) []byte {
	request, err := http.NewRequestWithContext(r.Context(), r.Method, s.serviceURL, bytes.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return nil
	}
	request.Header = r.Header.Clone()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Error(err)
		return nil
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Error(err)
	}
	return answer
}

// sendMany sends a change many times and gives the answer to it.
func (s *stutterer) sendMany(r *http.Request, mutation string, body []byte, in map[string]any) []byte {
	s.mu.Lock()
	s.sentMutations[mutation] = true
	s.mu.Unlock()
	answers := make([][]byte, stutterCount)
	atOnce(stutterCount, func(i int) string { answers[i] = s.sendOnce(r, body); return "" })
	answers = append(answers, s.sendOnce(r, body))
	if passingRefusal.Match(answers[0]) { // is not kept
		return s.requireSame(mutation, answers)
	}
	if reused := s.sendOnce(r, withOtherInput(body, in)); !bytes.Contains(reused, []byte(`"code":"KEY_REUSED"`)) {
		s.t.Errorf("%s, the same key for something else: %s", mutation, reused)
	}
	answers = append(answers, s.sendOnce(r, body))
	return s.requireSame(mutation, answers)
}

// passingRefusal is a refusal that a retry with the same key asks for again.
var passingRefusal = regexp.MustCompile(
	`"problems":\[\{"code":"(TOO_EARLY|NO_CAPACITY|NOT_ADMITTED|CONFLICT_OF_INTEREST|UNIQUE_PROFILE|NOT_FOUND)"`)

var (
	familyCode = regexp.MustCompile(`"code":"[A-Z2-9]{4}(-[A-Z2-9]{4})+"`)
	noCode     = []byte(`"code":null`)
)

// requireSame checks that all answers are alike and returns one. The code of a family's invitation is in only one of
// them.
func (s *stutterer) requireSame(mutation string, answers [][]byte) []byte {
	one, told := answers[0], 0
	want := familyCode.ReplaceAll(one, noCode)
	for _, answer := range answers {
		if familyCode.Match(answer) {
			one = answer
			told++
		}
		if got := familyCode.ReplaceAll(answer, noCode); !bytes.Equal(got, want) {
			s.t.Errorf("%s: a retry was answered\n%s and not\n%s", mutation, got, want)
		}
	}
	if told > 1 {
		s.t.Errorf("%s: the code was told %d times", mutation, told)
	}
	return one
}

var (
	someID       = regexp.MustCompile(`^[a-z_]+_[0-9a-f]{32}$`)
	mutationName = regexp.MustCompile(`^mutation\(\$input: (\w+)Input!\)`)
)

// withOtherInput is a request with the same key and another input: an id ends in another digit, or the delegated act, a reference or a
// name is another.
func withOtherInput(body []byte, in map[string]any) []byte {
	for _, name := range slices.Sorted(maps.Keys(in)) {
		value, _ := in[name].(string)
		switch id := idInInput(in[name]); {
		case id != "":
			changed := id[:len(id)-1] + map[bool]string{true: "1", false: "0"}[strings.HasSuffix(id, "0")]
			return bytes.ReplaceAll(body, []byte(id), []byte(changed))
		case name == "act":
			return bytes.ReplaceAll(body, []byte(`"PUBLISH"`), []byte(`"MANAGE"`))
		case name == "contacts":
			return bytes.ReplaceAll(body, []byte(`"Synthetic Desk"`), []byte(`"Synthetic Desk x"`))
		case name == "reference" || name == "name":
			return bytes.ReplaceAll(body, []byte(`"`+value+`"`), []byte(`"`+value+`x"`))
		}
	}
	return body
}

// idInInput is an id in a part of an input, or in a list of parts; "" for none.
func idInInput(value any) string {
	switch v := value.(type) {
	case string:
		if someID.MatchString(v) {
			return v
		}
	case []any:
		for _, one := range v {
			if id := idInInput(one); id != "" {
				return id
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if id := idInInput(v[name]); id != "" {
				return id
			}
		}
	}
	return ""
}

// keyedMutation is the name and the input of the mutation in a request that has an idempotency key.
func keyedMutation(body []byte) (string, map[string]any) {
	var asked struct {
		Query     string
		Variables struct{ Input map[string]any }
	}
	if json.Unmarshal(body, &asked) != nil || asked.Variables.Input["idempotencyKey"] == nil {
		return "", nil
	}
	name := mutationName.FindStringSubmatch(asked.Query)
	if name == nil {
		return "", nil
	}
	return strings.ToLower(name[1][:1]) + name[1][1:], asked.Variables.Input
}
