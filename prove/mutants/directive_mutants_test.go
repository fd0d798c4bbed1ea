package mutants_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/demo/demotest"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove"
)

const (
	rolesOfAnyone = "public family " + rolesOfActors
	rolesOfActors = "market_manager commissioner approver opening_officer evaluator moderator safeguarding_lead auditor consortium_officer " +
		"bids_manager"
	rolesOfStaff = "commissioner approver opening_officer evaluator moderator"
	alerted      = "market_manager safeguarding_lead consortium_officer bids_manager " + rolesOfStaff
)

// rolesBySelection says by hand which capacities can select a type or a field, or ask for an operation at all. Everyone
// can select what is in no line and has no directive.
var rolesBySelection = map[string]string{
	"Organisation": rolesOfAnyone, "Market": rolesOfAnyone, "Regime": rolesOfAnyone, "Rule": rolesOfAnyone, "Notice": rolesOfAnyone,
	"ApplicationPeriod": rolesOfAnyone, "Lot": rolesOfAnyone, "Procedure": rolesOfAnyone, "Criterion": rolesOfAnyone,
	"Provider": rolesOfAnyone, "Setting": rolesOfAnyone,
	"Inspection": rolesOfAnyone, "Place": rolesOfAnyone,
	"Vacancy": rolesOfAnyone, "SavedSearch": "commissioner", "Query.savedSearches": "commissioner",
	"Mutation.saveSearch": "commissioner", "Mutation.removeSearch": "commissioner", "Mutation.declareVacancies": "bids_manager",
	"Mutation.declareSettingNeeds": "bids_manager",
	"TieBreak":                     rolesOfAnyone,
	"Alert":                        alerted,
	"NextAct":                      "market_manager " + rolesOfStaff + " safeguarding_lead consortium_officer bids_manager",
	"Query.alerts":                 alerted,
	"Membership":                   rolesOfAnyone, "Question": rolesOfAnyone, "Figure": rolesOfAnyone,
	"Delegation": "commissioner consortium_officer", "Organisation.delegations": "commissioner consortium_officer",
	"MembershipStep": "market_manager bids_manager", "Membership.history": "market_manager bids_manager",
	"EvidenceFile": "market_manager commissioner bids_manager", "Evidence.rejectionReason": "market_manager bids_manager",
	"Evidence.file": "market_manager commissioner bids_manager", "UploadLink": "bids_manager", "Mutation.uploadEvidence": "bids_manager",
	"Renewal": "market_manager bids_manager", "Provider.renewals": "market_manager bids_manager", "Mutation.askForRenewal": "market_manager",
	"EvidenceKind": rolesOfAnyone, "LotEvidence": rolesOfAnyone, "Evidence": "market_manager commissioner bids_manager",
	"EvidenceWarning":   "market_manager commissioner bids_manager",
	"Provider.evidence": "market_manager commissioner bids_manager", "Task": alerted, "Query.toDo": alerted,
	"Registration": "market_manager bids_manager", "Query.registrations": "market_manager bids_manager",
	"Mutation.registerProvider": "bids_manager", "Mutation.withdrawRegistration": "bids_manager",
	"Mutation.decideRegistration": "market_manager", "Mutation.keepContacts": "bids_manager",
	"Contact": "market_manager commissioner bids_manager", "Provider.contacts": "market_manager commissioner bids_manager",
	"Registration.contacts":   "market_manager commissioner bids_manager",
	"Query.unclaimedSettings": "market_manager", "Mutation.linkSetting": "market_manager",
	"ApplicationQuestion": "market_manager bids_manager", "Appeal": "market_manager bids_manager",
	"Application": "market_manager bids_manager", "Setting.address": "commissioner bids_manager",
	"Need":               rolesOfStaff + " safeguarding_lead consortium_officer bids_manager",
	"Need.ceilingWeekly": "commissioner approver consortium_officer",
	"Invitation":         "commissioner consortium_officer bids_manager", "Need.invitations": "commissioner consortium_officer bids_manager",
	"Need.silent": "commissioner consortium_officer bids_manager", "Chase": "commissioner consortium_officer bids_manager",
	"Clarification": "commissioner consortium_officer bids_manager", "Need.clarifications": "commissioner consortium_officer bids_manager",
	"Need.offersReceived": "commissioner opening_officer consortium_officer",
	"Interest":            rolesOfStaff + " consortium_officer", "Need.interests": rolesOfStaff + " consortium_officer",
	"Mutation.declareInterest": rolesOfStaff + " consortium_officer",
	"Offer":                    rolesOfStaff + " consortium_officer bids_manager", "Need.offers": rolesOfStaff +
		" consortium_officer bids_manager",
	"OfferPrice":          "commissioner approver moderator consortium_officer bids_manager",
	"Fee":                 "commissioner approver moderator consortium_officer bids_manager",
	"PriceQuery":          "commissioner approver consortium_officer bids_manager",
	"Offer.priceQueries":  "commissioner approver consortium_officer bids_manager",
	"Mutation.queryPrice": "commissioner consortium_officer", "Mutation.decidePriceQuery": "commissioner consortium_officer",
	"Mutation.answerPriceQuery": "bids_manager",
	"SuitabilityCheck":          "commissioner approver evaluator moderator consortium_officer",
	"Offer.suitability":         "commissioner approver evaluator moderator consortium_officer",
	"Score":                     "commissioner evaluator moderator consortium_officer",
	"Offer.scores":              "commissioner evaluator moderator consortium_officer",
	"ModeratedScore":            "commissioner moderator", "Offer.moderation": "commissioner moderator",
	"Ranking": "commissioner approver moderator consortium_officer", "Offer.ranking": "commissioner approver moderator consortium_officer",
	"Offer.earlierRankings":       "commissioner approver moderator consortium_officer",
	"Letter":                      "commissioner approver consortium_officer bids_manager",
	"Offer.letters":               "commissioner approver consortium_officer bids_manager",
	"FamilyInvitation.preference": "commissioner approver consortium_officer family",
	"Preference":                  "commissioner approver consortium_officer family",
	"Need.preferences":            "commissioner approver consortium_officer family",
	"PartnershipStep":             rolesOfAnyone, "Mutation.admitPartner": "market_manager", "Mutation.endPartnership": "market_manager",
	"Mutation.moveBorough": "market_manager",
	"Appointment":          "commissioner consortium_officer", "Need.appointments": "commissioner consortium_officer",
	"Mutation.appoint":        "commissioner consortium_officer",
	"Mutation.endAppointment": "commissioner consortium_officer",
	"Succession":              rolesOfAnyone, "Allocation": "commissioner approver", "Succession.allocations": "commissioner approver",
	"Mutation.announceSuccession": "market_manager",
	"Mutation.allocateSuccession": "approver", "Joint": rolesOfStaff + " consortium_officer bids_manager", "Need.joint": rolesOfStaff +
		" consortium_officer bids_manager",
	"Mutation.publishJointly": "consortium_officer",
	"NoAward":                 "commissioner approver consortium_officer", "Need.noAward": "commissioner approver consortium_officer",
	"Mutation.endWithoutAward": "commissioner consortium_officer",
	"TelephoneOffer":           "commissioner approver bids_manager", "Need.telephoneOffers": "commissioner approver bids_manager",
	"Basis.telephoneOffer":         "commissioner approver bids_manager",
	"Mutation.broadcastUrgentNeed": "commissioner", "Mutation.enterTelephoneOffer": "commissioner",
	"Mutation.completeTelephoneOffer": "commissioner", "Mutation.confirmTelephoneOffer": "bids_manager",
	"Mutation.proposeUrgentPlace": "commissioner",
	"Basis":                       "commissioner approver", "TribunalOrder": "commissioner approver", "Award.basis": "commissioner approver",
	"Award.reason":     "commissioner approver consortium_officer moderator",
	"Basis.preference": "commissioner approver consortium_officer family",
	"RouteRule":        rolesOfAnyone, "RouteFigure": "commissioner approver auditor", "Query.placesByRoute": "commissioner approver auditor",
	"Mutation.proposeNamedPlace": "commissioner", "Mutation.proposeOrderedPlace": "commissioner",
	"Mutation.proposeChosenPlace": "commissioner", "Mutation.proposeSpotPlace": "commissioner",
	"Mutation.approvePlace": "approver", "Mutation.recordSignature": "commissioner",
	"AwardNotice": "commissioner consortium_officer", "Award.notices": "commissioner consortium_officer", "AwardNoticeRule": rolesOfAnyone,
	"Query.awardNotices": "commissioner consortium_officer", "Mutation.recordAwardNotice": "commissioner consortium_officer",
	"Naming": "commissioner approver", "Preference.naming": "commissioner approver", "Mutation.decideNaming": "commissioner",
	"Award": "commissioner approver consortium_officer bids_manager", "Need.awards": "commissioner approver consortium_officer bids_manager",
	"Placement":       "commissioner safeguarding_lead consortium_officer bids_manager",
	"Award.placement": "commissioner safeguarding_lead consortium_officer bids_manager",
	"Agreement":       "commissioner consortium_officer bids_manager", "Placement.agreement": "commissioner consortium_officer bids_manager",
	"FeedbackWords": "commissioner safeguarding_lead bids_manager", "Placement.words": "commissioner safeguarding_lead bids_manager",
	"FeedbackWords.decisions": "safeguarding_lead", "WordsDecided": "safeguarding_lead",
	"FamilyInvitation": "commissioner family", "Identity": "commissioner bids_manager", "Event": "auditor bids_manager",
	"Query.applications": "market_manager bids_manager", "Query.needs": rolesOfStaff + " safeguarding_lead consortium_officer bids_manager",
	"Query.myOffers":      "bids_manager",
	"Query.placements":    "commissioner safeguarding_lead consortium_officer bids_manager",
	"Query.feedbackWords": "commissioner safeguarding_lead bids_manager",
	"Query.events":        "auditor bids_manager", "Query.myInvitation": "family",

	"Mutation.createLot": "market_manager", "Mutation.publishLot": "market_manager", "Mutation.publishNotice": "market_manager",
	"Mutation.decideApplication": "market_manager", "Mutation.suspendMembership": "market_manager",
	"Mutation.restoreMembership": "market_manager", "Mutation.announceRemoval": "market_manager", "Mutation.decideRemoval": "market_manager",
	"Mutation.askForEvidence": "market_manager", "Mutation.recordEvidence": "bids_manager", "Mutation.rejectEvidence": "market_manager",
	"Mutation.askApplicant": "market_manager", "Mutation.extendApplication": "market_manager", "Mutation.decideAppeal": "market_manager",
	"Mutation.answerApplicationQuestion": "bids_manager", "Mutation.appealRefusal": "bids_manager",
	"Mutation.answerRemoval": "bids_manager", "Mutation.leaveLot": "bids_manager",
	"NeedChange":         rolesOfStaff + " safeguarding_lead consortium_officer bids_manager",
	"Mutation.amendNeed": "commissioner consortium_officer", "Mutation.withdrawNeed": "commissioner consortium_officer",
	"Mutation.copyNeed":   "commissioner consortium_officer",
	"Mutation.linkNeeds":  "commissioner consortium_officer",
	"Mutation.redactNeed": "commissioner consortium_officer", "Need.redactions": "commissioner consortium_officer",
	"Need.textsWithNames": "commissioner consortium_officer", "Redaction": "commissioner consortium_officer",
	"Mutation.unlinkNeeds": "commissioner consortium_officer", "Mutation.discardNeed": "commissioner consortium_officer",
	"Mutation.setCeiling": "commissioner consortium_officer", "Need.areaApprovals": "commissioner approver",
	"Mutation.correctAnswer": "commissioner consortium_officer", "AnswerCorrection": "commissioner consortium_officer bids_manager",
	"Mutation.withdrawProposal": "commissioner consortium_officer", "Mutation.withdrawApplication": "bids_manager",
	"AwardGrounds": "commissioner approver consortium_officer", "Award.grounds": "commissioner approver consortium_officer",
	"SettingLink": "market_manager", "Setting.links": "market_manager", "Mutation.unlinkSetting": "market_manager",
	"Mutation.handOverSetting": "market_manager", "Mutation.correctLastDay": "market_manager", "Mutation.cancelSuccession": "market_manager",
	"EhcCalendar": "commissioner", "Need.ehc": "commissioner", "AreaApproval": "commissioner approver",
	"Need.outOfArea":          "commissioner approver",
	"Mutation.recordEhcDates": "commissioner", "Mutation.approveOutOfArea": "approver",
	"PanelDecision": "commissioner approver consortium_officer", "Need.panel": "commissioner approver consortium_officer",
	"Mutation.recordPanelDecision": "commissioner",
	"Mutation.submitApplication":   "bids_manager", "Mutation.answerInvitation": "bids_manager", "Mutation.askClarification": "bids_manager",
	"Mutation.chaseInvitations": "commissioner consortium_officer", "Mutation.answerClarification": "commissioner consortium_officer",
	"Mutation.submitOffer": "bids_manager", "Mutation.withdrawOffer": "bids_manager",
	"Mutation.acceptAward": "bids_manager", "Mutation.declineAward": "bids_manager",
	"Mutation.giveDelegation": "commissioner", "Mutation.withdrawDelegation": "commissioner", "Mutation.inviteFamily": "commissioner",
	"Mutation.recordIdentity":  "commissioner",
	"Mutation.enterPreference": "commissioner", "Mutation.createNeed": "commissioner consortium_officer",
	"Mutation.publishNeed":       "commissioner consortium_officer",
	"Mutation.assessSuitability": "commissioner consortium_officer", "Mutation.answerPreference": "commissioner consortium_officer",
	"Mutation.proposeAward":   "commissioner consortium_officer",
	"Mutation.startPlacement": "commissioner consortium_officer", "Mutation.signAgreement": "commissioner consortium_officer bids_manager",
	"Mutation.endPlacement": "commissioner consortium_officer", "Mutation.withdrawEnd": "commissioner consortium_officer",
	"Mutation.cancelPlacement": "commissioner consortium_officer", "Mutation.giveNotice": "bids_manager",
	"Mutation.viewIdentity":  "commissioner bids_manager",
	"Mutation.openOffers":    "commissioner opening_officer consortium_officer",
	"Mutation.scoreOffer":    "commissioner evaluator consortium_officer",
	"Mutation.lockScores":    "commissioner evaluator consortium_officer",
	"Mutation.moderateOffer": "moderator", "Mutation.lockQuality": "moderator", "Mutation.approveAward": "approver",
	"Mutation.rejectAward": "approver",
	"Mutation.decideWords": "safeguarding_lead", "Mutation.giveFeedback": "family", "Mutation.givePreference": "family",
}

// gateUnderTest is a running service whose schema can change while it runs, which no program does.
type gateUnderTest struct {
	*demotest.World
	schema      *ast.Schema
	credentials map[policy.Role]demo.Credential
}

func newGate(t *testing.T) *gateUnderTest {
	t.Helper()
	g := &gateUnderTest{
		demotest.New(t), graph.NewExecutableSchema(graph.Config{}).Schema(),
		map[policy.Role]demo.Credential{policy.Public: {}},
	}
	g.credentials[policy.Family] = demo.Credential{Authorization: "Invitation ABCD-ABCD-ABCD-ABCD-ABCD-ABCD-ABCD-ABCD"}
	for _, role := range policy.Capacities {
		token, err := policy.IssueDevelopment(g.Key, policy.Claims{
			Issuer: demotest.Issuer, Audience: demotest.Audience, Person: "synthetic.1",
			Organisation: demo.OrganisationID("Kent"), Capacities: []policy.Role{role}, Expires: time.Now().Add(24 * time.Hour),
		})
		must(t, err)
		g.credentials[role] = demo.Credential{Authorization: "Bearer " + token}
	}
	return g
}

// directivePlace is where a directive is: on a type, or on a field of one.
type directivePlace struct {
	typ, field string
	directives *ast.DirectiveList
}

func (p directivePlace) String() string { return strings.TrimSuffix(p.typ+"."+p.field, ".") }

func (g *gateUnderTest) directivePlaces() (all []directivePlace) {
	for _, name := range slices.Sorted(maps.Keys(g.schema.Types)) {
		def := g.schema.Types[name]
		if def.Directives.ForName("can") != nil {
			all = append(all, directivePlace{name, "", &def.Directives})
		}
		for _, f := range def.Fields {
			if f.Directives.ForName("can") != nil {
				all = append(all, directivePlace{name, f.Name, &f.Directives})
			}
		}
	}
	return all
}

// TestEveryDirectiveMutantIsCaught removes each directive of the schema, and puts another act into it, under the
// running service. It compares who can then ask for what with what is stated by hand. It takes every directive at every
// scale: it is fast, and a line that is missing above must not wait for the whole proof.
func TestEveryDirectiveMutantIsCaught(t *testing.T) {
	g := newGate(t)
	made, asked, lost := 0, 0, 0
	for _, p := range g.directivePlaces() {
		if wrong := g.findGateFault(t, p) + g.findDeclaredFault(p); wrong != "" {
			t.Fatalf("%s, without a mutant: %s", p, wrong)
		}
		was := *p.directives
		for how, becomes := range map[string]ast.DirectiveList{
			"removed": nil, "another act": canDirective("event.write"),
			"of nobody": canDirective("moderation.lock"), "read by all": canDirective("lot.read"),
		} {
			if g.sameRoles(p, becomes) {
				continue
			}
			*p.directives = becomes
			made++
			switch {
			case g.findGateFault(t, p) != "":
				asked++
			case g.findDeclaredFault(p) == "":
				lost++
				t.Errorf("not found: @can of %s: %s", p, how)
			}
			*p.directives = was
		}
	}
	t.Logf("%d of %d were found by asking; a directive behind another that refuses the same is found by what it declares", asked, made)
	prove.RecordFigure(t, "mutants.made", made)
	prove.RecordFigure(t, "mutants.missed", lost)
}

func canDirective(act string) ast.DirectiveList {
	do := &ast.Value{Kind: ast.ListValue, Children: ast.ChildValueList{{Value: &ast.Value{Kind: ast.StringValue, Raw: act}}}}
	return ast.DirectiveList{{Name: "can", Arguments: ast.ArgumentList{{Name: "do", Value: do}}}}
}

// sameRoles says whether other directives admit the same capacities, so that there is nothing to find.
func (g *gateUnderTest) sameRoles(p directivePlace, other ast.DirectiveList) bool {
	for role := range g.credentials {
		if g.letsThrough(role, *p.directives) != g.letsThrough(role, other) {
			return false
		}
	}
	return true
}

func (g *gateUnderTest) letsThrough(role policy.Role, directives ast.DirectiveList) bool {
	d := directives.ForName("can")
	return d == nil || slices.ContainsFunc(d.Arguments.ForName("do").Value.Children, func(c *ast.ChildValue) bool {
		return g.Policy.Can(role, policy.Act(c.Value.Raw))
	})
}

// findDeclaredFault is the first capacity that the contract, read by itself, lets select a place differently from what
// is stated by hand.
func (g *gateUnderTest) findDeclaredFault(p directivePlace) string {
	for _, role := range slices.Sorted(maps.Keys(g.credentials)) {
		if does := g.letsThrough(role, *p.directives); does != mayByHand(role, p.String()) {
			return fmt.Sprintf("%s: declared: %t", role, does)
		}
	}
	return ""
}

// findGateFault is the first capacity that the gate treats differently from what is stated by hand. Other walls refuse
// too, in other words.
func (g *gateUnderTest) findGateFault(t *testing.T, p directivePlace) string {
	t.Helper()
	document, variables, along := g.documentFor(p)
	for _, role := range slices.Sorted(maps.Keys(g.credentials)) {
		should, does := "", ""
		if i := slices.IndexFunc(along, func(name string) bool { return !mayByHand(role, name) }); i >= 0 {
			should = along[i]
		}
		reply, err := g.Client.Do(t.Context(), g.credentials[role], document, variables)
		must(t, err)
		if len(reply.Errors) > 0 {
			_, does, _ = strings.Cut(reply.Errors[0].Message, "you cannot use ")
			does, _, _ = strings.Cut(does, ":")
			if code := reply.Errors[0].Extensions.Code; strings.HasPrefix(code, "GRAPHQL_") || code == "LIMIT_EXCEEDED" ||
				code == "UNAUTHENTICATED" {
				t.Fatalf("%s: %s: %s", role, document, reply.Errors[0].Message)
			}
		}
		if should != does {
			return fmt.Sprintf("%s, %s: should be refused %q, is refused %q", role, document, should, does)
		}
	}
	return ""
}

// mayByHand is what is stated by hand.
func mayByHand(role policy.Role, name string) bool {
	roles, ok := rolesBySelection[name]
	return !ok || slices.Contains(strings.Fields(roles), string(role))
}

// documentFor selects a place by the shortest way, and names all that is checked on it, in that order.
func (g *gateUnderTest) documentFor(p directivePlace) (string, map[string]any, []string) {
	way := g.shortestPath(p)
	inner, along := "__typename", []string{}
	for _, step := range way {
		along = append(along, step.typ+"."+step.field, step.result)
	}
	for _, step := range slices.Backward(way) {
		text := step.field
		if step.typ == "Mutation" {
			text += "(input: $input)"
		}
		if step.typ == "Query" && step.field == "compare" {
			text += "(settings: [])"
		}
		if step.node {
			text = fmt.Sprintf("node(id: \"need_00000000000000000000000000000000\") { ... on %s", step.result)
		}
		if def := g.schema.Types[step.result]; def.Kind == ast.Object {
			text += " { " + inner + " }"
		}
		if step.node {
			text += " }"
		}
		inner = text
	}
	if way[0].typ != "Mutation" {
		return "{ " + inner + " }", nil, along
	}
	input := g.schema.Mutation.Fields.ForName(way[0].field).Arguments.ForName("input").Type
	return "mutation($input: " + input.String() + ") { " + inner + " }", map[string]any{"input": g.anyValue(input)}, along
}

// pathStep is one field on the way to a place.
type pathStep struct {
	typ, field, result string
	node               bool // by an interface and a fragment
}

// shortestPath is the shortest from a root to a place: breadth first, through everything.
func (g *gateUnderTest) shortestPath(p directivePlace) []pathStep {
	ways := [][]pathStep{}
	visited := map[string]bool{}
	for _, def := range g.schema.PossibleTypes["Node"] {
		ways = append(ways, []pathStep{{"Query", "node", def.Name, true}})
	}
	for _, root := range []*ast.Definition{g.schema.Query, g.schema.Mutation} {
		for _, f := range root.Fields {
			ways = append(ways, []pathStep{{root.Name, f.Name, f.Type.Name(), false}})
		}
	}
	for i := 0; i < len(ways); i++ {
		last := ways[i][len(ways[i])-1]
		if last.typ == p.typ && last.field == p.field || p.field == "" && last.result == p.typ {
			return ways[i]
		}
		if visited[last.result] {
			continue
		}
		visited[last.result] = true
		for _, f := range g.schema.Types[last.result].Fields {
			ways = append(ways, append(slices.Clone(ways[i]), pathStep{last.result, f.Name, f.Type.Name(), false}))
		}
	}
	panic(fmt.Sprint("no way to ", p))
}

// anyValue is some value of an input type, nonsense but well formed.
func (g *gateUnderTest) anyValue(of *ast.Type) any {
	if of.Elem != nil {
		return []any{g.anyValue(of.Elem)}
	}
	def := g.schema.Types[of.NamedType]
	switch def.Kind {
	case ast.Enum:
		return def.EnumValues[0].Name
	case ast.InputObject:
		all := map[string]any{}
		for _, f := range def.Fields {
			if f.Type.NonNull {
				all[f.Name] = g.anyValue(f.Type)
			}
		}
		return all
	}
	return map[string]any{
		"ID": "need_00000000000000000000000000000000", "Int": 1, "Boolean": false, "Decimal": "1.00", "Date": "2030-01-01",
		"Time":   "2030-01-01T00:00:00Z",
		"String": "synthetic",
	}[def.Name]
}
