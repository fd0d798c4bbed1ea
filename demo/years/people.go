package years

import (
	"fmt"
	"strings"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// office is the people of one authority. Buyer is who publishes, assesses, proposes and signs: its commissioner, or an officer
// of the consortium to which it has delegated that.
type office struct {
	name                                                   string
	commissioner, buyer, approver, moderator, safeguarding demo.Persona
	openers, evaluators                                    [2]demo.Persona
	thirdEvaluator                                         demo.Persona // evaluator, who has an interest when somebody has
	auditor                                                demo.Persona
}

// authorities are those whose people we follow; Bromley delegates to the consortium.
var authorities = []string{"Kent", "Surrey", "West Sussex", "East Sussex", "Brighton and Hove", "Croydon", "Lewisham", "Bromley"}

// secondManager decides the appeals against what the first refused.
var secondManager = personOf("West Sussex", "manager.2", policy.MarketManager)

func personOf(authority, post string, capacity policy.Role) demo.Persona {
	return demo.Persona{
		Key: strings.ToLower(strings.ReplaceAll(authority, " ", "")) + "." + post, Does: post + " of " + authority,
		Organisation: demo.OrganisationID(authority), Capacity: capacity,
	}
}

func officeOf(authority string) office {
	as := func(post string, capacity policy.Role) demo.Persona { return personOf(authority, post, capacity) }
	o := office{
		name: authority, commissioner: as("commissioner", policy.Commissioner), approver: as("approver", policy.Approver),
		moderator:    as("moderator", policy.Moderator),
		safeguarding: as("safeguarding", policy.SafeguardingLead), auditor: as("auditor", policy.Auditor),
		openers:        [2]demo.Persona{as("opener.1", policy.OpeningOfficer), as("opener.2", policy.OpeningOfficer)},
		evaluators:     [2]demo.Persona{as("evaluator.1", policy.Evaluator), as("evaluator.2", policy.Evaluator)},
		thirdEvaluator: as("evaluator.3", policy.Evaluator),
	}
	o.buyer = o.commissioner
	return o
}

// byConsortium is an office in which the consortium's officer does what is delegated.
func (o office) byConsortium() office {
	o.buyer = demo.Officer
	o.openers, o.evaluators = [2]demo.Persona{demo.Officer, demo.Officer}, [2]demo.Persona{demo.Officer, demo.Officer}
	return o
}

func allOffices() []office {
	all := make([]office, len(authorities))
	for i, name := range authorities {
		all[i] = officeOf(name)
	}
	return all
}

// People are all who live the years, besides those of the story.
func People() []demo.Persona {
	known := map[string]bool{}
	for _, p := range demo.Personas {
		known[p.Key] = true
	}
	var all []demo.Persona
	add := func(people ...demo.Persona) {
		for _, p := range people {
			if !known[p.Key] {
				known[p.Key] = true
				all = append(all, p)
			}
		}
	}
	add(secondManager)
	for _, o := range allOffices() {
		add(o.commissioner, o.approver, o.moderator, o.safeguarding, o.thirdEvaluator, o.auditor)
		add(append(o.openers[:], o.evaluators[:]...)...)
	}
	for n := 1; n <= firmCount; n++ {
		add(demo.Bidder(n))
	}
	return all
}

// familyCredential is a family that holds a one-time code.
func familyCredential(code string) demo.Credential {
	return demo.Credential{Authorization: "Invitation " + code}
}

// syntheticReason is a synthetic reason, long enough for what needs a ground.
func syntheticReason(words string) string {
	return fmt.Sprintf("Synthetic: %s, as those who looked at it found together.", words)
}
