package history

import (
	"net/http"
	"testing"
)

func TestComparisonFindsEachForgery(t *testing.T) {
	v := Compare(trueStory())
	if len(v.Lost)+len(v.Doubled)+len(v.HalfDone)+len(v.WrongSuccess)+len(v.Broken)+len(v.Hung) > 0 {
		t.Errorf("a true story is doubted: %+v", v)
	}
	for _, name := range MissedForgeries() {
		t.Errorf("not found: %s", name)
	}
}

func TestReadAnswer(t *testing.T) {
	const id = "01234567-89ab-cdef-0123-456789abcdef"
	for _, c := range []struct {
		name, raw string
		status    int
		want      told
	}{
		{"done", `{"data":{"createNeed":{"need":{"id":"need_0123456789abcdef0123456789abcdef"},"problems":[]}}}`, http.StatusOK, ToldDone},
		{"refused", `{"data":{"createNeed":{"need":null,"problems":[{"code":"INVALID"}]}}}`, http.StatusOK, ToldRefused},
		{"busy", `{"errors":[{"message":"busy","extensions":{"code":"UNAVAILABLE"}}]}`, http.StatusOK, ToldNothing},
		{"overloaded, in words", "try again later", http.StatusServiceUnavailable, ToldNothing},
		{"no access", `{"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}`, http.StatusOK, ToldInvalid},
		{"nothing at all", `{"data":{"createNeed":null}}`, http.StatusOK, ToldInvalid},
		{"no JSON", "ok", http.StatusOK, ToldInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, made, words := ReadAnswer([]byte(c.raw), c.status, nil)
			if got != c.want || got == ToldDone && made.String() != id {
				t.Errorf("%v, %s, %s; want %v", got, made, words, c.want)
			}
		})
	}
}
