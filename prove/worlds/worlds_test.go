// Package worlds_test compares worlds that differ only in what somebody must not know: whatever they ask, the replies
// are the same to the byte, including headers. The two are copies of one database, so that even ids are the same.
package worlds_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/prove"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// TestWorldsLookAlikeToWhoMustNotKnow makes two worlds for each difference, and asks both as everybody who must not
// know it.
func TestWorldsLookAlikeToWhoMustNotKnow(t *testing.T) {
	random := prove.Random("worlds")
	base := newScene(t)
	chosen := random.Perm(len(differences))[:prove.Scaled(3, 9, len(differences))]
	pairs, differ := 0, 0
	for i, n := range chosen {
		d, most := differences[n], prove.Scaled(150, 1100, 14000)*(i+1)/len(chosen)-pairs
		t.Run(d.name, func(t *testing.T) {
			without, with := base.copyScene(t), base.copyScene(t)
			d.apply(with)
			asked, found := compareWorlds(t, d, without, with, most, random)
			pairs, differ = pairs+asked, differ+found
		})
	}
	prove.RecordFigure(t, "worlds.pairs", pairs)
	prove.RecordFigure(t, "worlds.differences", differ)
}

// copyScene is the same scene in a copy of its world.
func (s *scene) copyScene(t *testing.T) *scene {
	t.Helper()
	return &scene{World: s.Copy(t), t: t, keyCount: s.keyCount, ids: maps.Clone(s.ids)}
}

// compareWorlds tries a number of operations in both worlds, those near the difference and others at random. It reads
// before it changes, so that what is changed for both does not come between.
func compareWorlds(t *testing.T, d worldDifference, without, with *scene, limit int, random *rand.Rand) (asked, differ int) {
	t.Helper()
	type question struct {
		who demo.Persona
		apiOperation
	}
	var reads, changes []question
	for _, who := range d.whoMustNotKnow() {
		for _, o := range allOperations(with.Policy, who, with.ids, d.about) {
			if o.changes {
				changes = append(changes, question{who, o})
			} else {
				reads = append(reads, question{who, o})
			}
		}
	}
	all := append(reads, changes...)
	share := float64(limit) / float64(len(all))
	for _, q := range all {
		if !q.near && random.Float64() > share {
			continue
		}
		asked++
		credential := with.credentialOf(q.who)
		one, other := without.fullReply(credential, q.apiOperation), with.fullReply(credential, q.apiOperation)
		if one != other {
			differ++
			t.Errorf("%s: %s, %s:\n%s", d.name, q.who, q.name, firstDifference(one, other))
		}
	}
	requireDifferenceIsSeen(t, d, without, with)
	return asked, differ
}

// requireDifferenceIsSeen: those who are allowed to know get different answers in the two worlds, so that the others'
// answers are not the same for lack of a difference. They ask last, because their looks are recorded.
func requireDifferenceIsSeen(t *testing.T, d worldDifference, without, with *scene) {
	t.Helper()
	for _, who := range d.whoMayKnow() {
		for _, o := range allOperations(with.Policy, who, with.ids, d.about) {
			if !o.changes && without.fullReply(with.credentialOf(who), o) != with.fullReply(with.credentialOf(who), o) {
				return
			}
		}
	}
	if d.keysOfKnowing != "" {
		t.Errorf("%s: not even those who may know see it", d.name)
	}
}

// familyPersona is one that holds a one-time invitation.
var familyPersona = demo.Persona{Key: "family", Does: "with a code", Capacity: policy.Family}

func (s *scene) credentialOf(who demo.Persona) demo.Credential {
	s.t.Helper()
	if who.Key == familyPersona.Key {
		return demo.Credential{Authorization: "Invitation " + s.ids["family"]}
	}
	return s.Credential(s.t, who)
}

// randomParts are what a change makes at random: ids, references, instants, receipts.
var randomParts = regexp.MustCompile(`(need|clarification|offer|lot|award|placement|words|application|delegation|preference|invitation` +
	`|criterion)_[0-9a-f]{32}|N-[0-9A-Z]+|\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)|"[0-9a-f]{64}"`)

// withoutCursors replaces each cursor with its length: they are encrypted differently each time, and nothing else of
// them could reveal anything.
func withoutCursors(body string) string {
	var text strings.Builder
	for {
		before, after, found := strings.Cut(body, `ursor":"`)
		text.WriteString(before)
		if !found {
			return text.String()
		}
		cursor, rest, _ := strings.Cut(after, `"`)
		fmt.Fprintf(&text, `ursor":"%d"`, len(cursor))
		body = rest
	}
}

// fullReply is the whole reply to an operation: status, headers, body.
func (s *scene) fullReply(who demo.Credential, o apiOperation) string {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"query": o.document, "variables": o.variables})
	must(s.t, err)
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.Client.URL, bytes.NewReader(body))
	must(s.t, err)
	request.Header.Set("Content-Type", "application/json")
	if who.Authorization != "" {
		request.Header.Set("Authorization", who.Authorization)
	}
	response, err := http.DefaultClient.Do(request)
	must(s.t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	must(s.t, err)
	response.Header.Del("Date")
	text := withoutCursors(string(raw))
	if o.changes {
		text = randomParts.ReplaceAllString(text, "CHANCE")
		response.Header.Del("Content-Length")
	}
	return fmt.Sprint(response.Status, "\n", response.Header, "\n", len(text), "\n", text)
}

// firstDifference shows where two replies part.
func firstDifference(one, other string) string {
	at := 0
	for at < len(one) && at < len(other) && one[at] == other[at] {
		at++
	}
	cut := func(s string) string { return s[max(0, at-120):min(len(s), at+120)] }
	return fmt.Sprintf("without: %q\nwith:    %q", cut(one), cut(other))
}
