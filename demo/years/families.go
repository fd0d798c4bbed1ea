package years

import (
	"context"
	"slices"

	"github.com/southeasttogether/dps/demo"
)

// hears: the family says what it would like, by a one-time code or by telephone, and is told what was done with it. Some ask for
// a school that the law obliges to name.
func (y *years) hears(n *need) {
	switch n.fate {
	case "in care":
		y.approvesArea(n)
	case "named", "not named":
		y.asksFor(n)
		return
	}
	if y.perhaps(50) {
		y.does(n.office.commissioner, "enterPreference", input{"need": n.id, "respondent": "YOUNG_PERSON", "words": "Synthetic: not far from my sister, please."}, "")
	} else {
		code := y.invites(n, "PREFERENCE", "PARENT", "")
		y.gives("givePreference", code, input{"words": "Synthetic: somewhere calm that we can reach by bus."})
	}
	y.later(n, 10, func() {
		for _, p := range y.Node(n.office.commissioner, "Need", n.id, "preferences { id effect }").At("preferences").All() {
			if !p.At("effect").Is() {
				y.does(n.office.commissioner, "answerPreference", input{"preference": p.At("id").Text(), "effect": "Synthetic: distance was weighed among places of like quality."}, "")
			}
		}
	})
}

// asksFor is a family that asks for a school to be named.
func (y *years) asksFor(n *need) {
	school := ""
	for _, f := range y.firms {
		if f.namable {
			school = f.school
		}
	}
	if school == "" {
		n.fate = "plain"
		return
	}
	n.asked = y.does(n.office.commissioner, "enterPreference", input{"need": n.id, "respondent": "PARENT", "setting": school, "words": "Synthetic: this school, where the cousins are."},
		"preference { id }").At("preference.id").Text()
}

// names decides on the school that a family asks for.
func (y *years) names(n *need) {
	if n.asked == "" {
		return
	}
	in := input{"preference": n.asked, "named": n.fate == "named", "reasons": why("the school and the family were listened to"), "consultedOn": y.day(-7),
		"effect": "Synthetic: it is your school."}
	if n.fate == "not named" {
		in["ground"] = pick(y, "ground", []string{"UNSUITABLE", "EFFICIENT_EDUCATION_OF_OTHERS", "EFFICIENT_USE_OF_RESOURCES"})
		in["effect"] = "Synthetic: the school has no class for this age; we show you two others."
	}
	y.does(n.office.commissioner, "decideNaming", in, "")
}

// invites makes a one-time invitation and gives its code.
func (y *years) invites(n *need, kind, respondent, placement string) string {
	in := input{"kind": kind, "respondent": respondent, "need": n.id}
	if placement != "" {
		in["placement"] = placement
	}
	return y.does(n.office.commissioner, "inviteFamily", in, "code").At("code").Text()
}

// gives says something as the family that holds a code.
func (y *years) gives(mutation, code string, in input) {
	y.lived.Changes[mutation]++
	given := y.Send("family", family(code), demo.Document(mutation, "received"), input{"input": in})
	y.Expect("the family's words arrived", given.At(mutation+".received"), "true")
}

// term is how long it takes until a family is asked again.
const term = 100

// tells: every term, two parents or carers and the young person say how it goes; what they write goes to the safeguarding lead first.
func (y *years) tells(n *need, placement string) {
	for _, respondent := range []string{"PARENT", "PARENT", "YOUNG_PERSON"} {
		code := y.invites(n, "FEEDBACK", respondent, placement)
		in := input{"ratings": y.ratings(code)}
		if words := pick(y, "words", said); words != "" {
			in["words"], in["mayContact"] = "Synthetic: "+words, y.perhaps(30)
		}
		y.gives("giveFeedback", code, in)
	}
	y.in(pick(y, "reads", []int{1, 1, 1, 2, 6}), func() { y.reads(n.office) })
	y.in(term, func() { y.tells(n, placement) })
}

var said = []string{"I like the workshop best.", "", "The taxi is late too often.", "we are told what happens, and when.", "", "I do not want to say it here. Please ring.", "it is loud at night."}

// ratings answer each question on the sheet: mostly well, at times not.
func (y *years) ratings(code string) (all []input) {
	for _, q := range y.Send("family", family(code), `{ myInvitation { questions { code } } }`, nil).At("myInvitation.questions").All() {
		all = append(all, input{"question": q.At("code").Text(), "value": pick(y, "rating", []int{5, 4, 4, 3, 5, 2, 4})})
	}
	return all
}

// reads decides what happens with words that wait: most are released, some held, and what sounds like harm is passed on.
func (y *years) reads(o office) {
	for _, e := range y.Ask(o.safeguarding, `{ feedbackWords(first: 10) { edges { node { id words decision } } } }`, nil).At("feedbackWords.edges").All() {
		words := e.At("node")
		if words.At("decision").Is() {
			continue
		}
		decision := map[string]string{"Synthetic: " + said[5]: "REFERRED", "Synthetic: " + said[6]: "HELD"}[words.At("words").Text()]
		if decision == "" {
			decision = "RELEASED"
		}
		y.does(o.safeguarding, "decideWords", input{"words": words.At("id").Text(), "decision": decision}, "")
	}
}

// lastWord is the name of what is saved when the years are over, so that they are known to be lived.
const lastWord = "As the years ended"

// Lived says whether years were lived to their end in this world.
func (l Life) Lived(ctx context.Context) (bool, error) {
	asking := demo.NewAsking(ctx, l.World)
	saved := asking.Ask(demo.Commissioner, `{ savedSearches(first: 100) { edges { node { name } } } }`, nil).At("savedSearches.edges").All()
	return slices.ContainsFunc(saved, func(e demo.Value) bool { return e.At("node.name").Text() == lastWord }), asking.Err
}
