package years

import (
	"context"
	"slices"

	"github.com/southeasttogether/dps/demo"
)

// hearFamily: the family says what it would like, by a one-time code or by telephone, and is told what was done about
// it. Some ask for a school that the law requires a decision on.
func (y *yearsPlayer) hearFamily(n *need) {
	switch n.fate {
	case "in care":
		y.approveOutOfArea(n)
	case "named", "not named":
		y.askForSchool(n)
		return
	}
	if y.withChance(50) {
		y.actCounted(n.office.commissioner, "enterPreference", input{
			"need": n.id, "respondent": "YOUNG_PERSON",
			"words": "Synthetic: not far from my sister, please.",
		}, "")
	} else {
		code := y.inviteFamily(n, "PREFERENCE", "PARENT", "")
		y.sayAsFamily("givePreference", code, input{"words": "Synthetic: somewhere calm that we can reach by bus."})
	}
	y.laterUnlessWithdrawn(n, 10, func() {
		for _, p := range y.AskNode(n.office.commissioner, "Need", n.id, "preferences { id effect }").At("preferences").All() {
			if !p.At("effect").Exists() {
				y.actCounted(n.office.commissioner, "answerPreference", input{
					"preference": p.At("id").Text(),
					"effect":     "Synthetic: distance was weighed among places of like quality.",
				}, "")
			}
		}
	})
}

// askForSchool is a family that asks for a school to be named.
func (y *yearsPlayer) askForSchool(n *need) {
	school := ""
	for _, f := range y.firms {
		if f.canBeNamed {
			school = f.school
		}
	}
	if school == "" {
		n.fate = "plain"
		return
	}
	n.preferenceID = y.actCounted(n.office.commissioner, "enterPreference", input{
		"need": n.id, "respondent": "PARENT", "setting": school,
		"words": "Synthetic: this school, where the cousins are.",
	},
		"preference { id }").At("preference.id").Text()
}

// decideNaming decides on the school that a family asks for.
func (y *yearsPlayer) decideNaming(n *need) {
	if n.preferenceID == "" {
		return
	}
	in := input{
		"preference": n.preferenceID, "named": n.fate == "named",
		"reasons": syntheticReason("the school and the family were listened to"), "consultedOn": y.dayFromNow(-7),
		"effect": "Synthetic: it is your school.",
	}
	if n.fate == "not named" {
		in["ground"] = nextChoice(y, "ground", []string{"UNSUITABLE", "EFFICIENT_EDUCATION_OF_OTHERS", "EFFICIENT_USE_OF_RESOURCES"})
		in["effect"] = "Synthetic: the school has no class for this age; we show you two others."
	}
	y.actCounted(n.office.commissioner, "decideNaming", in, "")
}

// inviteFamily makes a one-time invitation and gives its code.
func (y *yearsPlayer) inviteFamily(n *need, kind, respondent, placement string) string {
	in := input{"kind": kind, "respondent": respondent, "need": n.id}
	if placement != "" {
		in["placement"] = placement
	}
	return y.actCounted(n.office.commissioner, "inviteFamily", in, "code").At("code").Text()
}

// sayAsFamily says something as the family that holds a code.
func (y *yearsPlayer) sayAsFamily(mutation, code string, in input) {
	y.lived.Changes[mutation]++
	given := y.Send("family", familyCredential(code), demo.MutationDocument(mutation, "received"), input{"input": in})
	y.ExpectValue("the family's words arrived", given.At(mutation+".received"), "true")
}

// termDays is how long it takes until a family is asked again.
const termDays = 125

// giveFeedback: every term, a parent or carer and the young person say how it goes; what they write goes to the safeguarding lead first.
func (y *yearsPlayer) giveFeedback(n *need, placement string) {
	for _, respondent := range []string{"PARENT", "YOUNG_PERSON"} {
		code := y.inviteFamily(n, "FEEDBACK", respondent, placement)
		in := input{"ratings": y.ratingInputs(code)}
		if words := nextChoice(y, "words", familyWords); words != "" {
			in["words"], in["mayContact"] = "Synthetic: "+words, y.withChance(30)
		}
		y.sayAsFamily("giveFeedback", code, in)
	}
	y.afterDays(nextChoice(y, "reads", []int{1, 1, 1, 2, 6}), func() { y.decideFeedbackWords(n.office) })
	y.afterDays(termDays, func() { y.giveFeedback(n, placement) })
}

var familyWords = []string{
	"I like the workshop best.", "", "The taxi is late too often.", "we are told what happens, and when.", "",
	"I do not want to say it here. Please ring.", "it is loud at night.",
}

// ratingInputs answer each question on the sheet: mostly well, at times not.
func (y *yearsPlayer) ratingInputs(code string) (all []input) {
	for _, q := range y.Send("family", familyCredential(code), `{ myInvitation { questions { code } } }`,
		nil).At("myInvitation.questions").All() {
		all = append(all, input{"question": q.At("code").Text(), "value": nextChoice(y, "rating", []int{5, 4, 4, 3, 5, 2, 4})})
	}
	return all
}

// decideFeedbackWords decides what happens with words that wait: most are released, some held, and what sounds like harm is passed on.
func (y *yearsPlayer) decideFeedbackWords(o office) {
	for _, e := range y.Ask(o.safeguarding, `{ feedbackWords(first: 10) { edges { node { id words decision } } } }`,
		nil).At("feedbackWords.edges").All() {
		words := e.At("node")
		if words.At("decision").Exists() {
			continue
		}
		decision := map[string]string{"Synthetic: " + familyWords[5]: "REFERRED", "Synthetic: " +
			familyWords[6]: "HELD"}[words.At("words").Text()]
		if decision == "" {
			decision = "RELEASED"
		}
		y.actCounted(o.safeguarding, "decideWords", input{"words": words.At("id").Text(), "decision": decision}, "")
	}
}

// lastSearchName is the name of what is saved when the years are over, so that they are known to be lived.
const lastSearchName = "As the years ended"

// Lived says whether years were lived to their end in this world.
func (l Life) Lived(ctx context.Context) (bool, error) {
	asking := demo.NewPlayer(ctx, l.World)
	saved := asking.Ask(demo.Commissioner, `{ savedSearches(first: 100) { edges { node { name } } } }`, nil).At("savedSearches.edges").All()
	return slices.ContainsFunc(saved, func(e demo.Value) bool { return e.At("node.name").Text() == lastSearchName }), asking.Err
}
