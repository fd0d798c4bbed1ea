package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestFamilyReadsWhatBecameOfItsPreference: a family whose answer was lost sends it again and is told that it was received. Nothing is
// stored twice, and nothing is compared. By its code it reads what it said and what was done about it, and nobody else's.
func TestFamilyReadsWhatBecameOfItsPreference(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1))
	need := s.publishNeed(demo.Commissioner)
	invite := func() demo.Credential {
		return demo.Credential{Authorization: "Invitation " + s.mustChange(demo.Commissioner, "inviteFamily", fields{
			"kind": "PREFERENCE", "respondent": "PARENT", "need": need,
		}, "code").At("code").Text()}
	}
	one, other := invite(), invite()
	give := func(code demo.Credential, words string) demo.Value {
		reply, err := s.Client.Do(t.Context(), code, mutationDocument("givePreference", "received"), fields{"input": fields{"words": words}})
		must(t, err)
		return reply.Data.At("givePreference")
	}
	read := func(code demo.Credential) demo.Value {
		reply, err := s.Client.Do(t.Context(), code, "{ myInvitation { used preference { id words setting { name } effect effectAt } } }", nil)
		must(t, err)
		return reply.Data.At("myInvitation")
	}
	if got := give(one, " "); got.At("received").Text() != "false" || got.At("problems.0.code").Text() != "INVALID" {
		t.Errorf("nothing said: %v", got)
	}
	for _, words := range []string{"Synthetic: near home, please.", "Synthetic: near home, please.", "Synthetic: something else.", ""} {
		if got := give(one, words); got.At("received").Text() != "true" || len(got.At("problems").All()) != 0 {
			t.Errorf("%q: %v", words, got)
		}
	}
	if n := s.countRows("preference WHERE need_id = $1", uuidOf(t, need)); n != 1 {
		t.Errorf("%d preferences", n)
	}
	if got := read(other); got.At("used").Text() != "false" || got.At("preference.words").Text() != "" {
		t.Errorf("another code of the need reads %v", got)
	}
	waits := read(one).At("preference")
	if waits.At("words").Text() != "Synthetic: near home, please." || waits.At("effect").Text() != "" {
		t.Errorf("the family reads %v", waits)
	}
	s.mustChange(demo.Commissioner, "answerPreference", fields{
		"preference": waits.At("id").Text(), "effect": "Synthetic: we looked near home first.",
	}, "")
	if got := read(one).At("preference"); got.At("effect").Text() != "Synthetic: we looked near home first." ||
		got.At("effectAt").Text() == "" {
		t.Errorf("what became of it: %v", got)
	}
}
