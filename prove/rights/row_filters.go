package rights

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/policy"
)

// Row is a row of a table, by column, as JSON has it.
type Row map[string]any

// Text is a column as text; "" for null and for a column that is not there.
func (r Row) Text(column string) string {
	if r[column] == nil {
		return ""
	}
	return fmt.Sprint(r[column])
}

func (r Row) hasValue(column string) bool { return r[column] != nil }

// withColumn is the row with one column changed.
func (r Row) withColumn(column string, value any) Row {
	changed := Row{}
	for name, was := range r {
		changed[name] = was
	}
	changed[column] = value
	return changed
}

// Principal is who asks; a family's with the code that it shows.
type Principal struct {
	policy.Actor
	Code string
}

func (p Principal) organisationID() string {
	if p.Organisation == uuid.Nil {
		return ""
	}
	return p.Organisation.String()
}

// codeHash is as a column of bytes looks in JSON.
func (p Principal) codeHash() string { return fmt.Sprintf(`\x%x`, p.Invitation) }

func (p Principal) String() string {
	return fmt.Sprintf("%s %q of %s %s", p.Role, p.Person, p.organisationID(), p.Code)
}

// rowFilter says whether a row is among those that a right is to.
type rowFilter func(f *Facts, who Principal, r Row) bool

// Facts are what the rows depend on besides themselves, read behind the walls.
type Facts struct {
	Tables map[string]map[string]Row // rows by table and key
	now    time.Time

	lots, needs, awards, sealedOffers, offers map[string]Row
	delegations, invitations                  map[string][]Row // by authority, by provider
	offersOfProvider                          map[string][]Row // sealed and by telephone
	awardsOfProvider, awardsOfAuthority       map[string][]Row
	awardsOfNeed, needsOfLot                  map[string][]Row
	placements                                map[string][]Row // by provider
	applications, memberships                 map[string][]Row // by provider
	familyInvitations                         map[string][]Row // invitations by the hash of their code
	lockedSheets                              map[string]int   // by need
	evaluators                                map[string]int   // by procedure
	appointments, endedAppointments           map[string][]Row // by need
}

func newFacts(tables map[string]map[string]Row, now time.Time) *Facts {
	f := &Facts{Tables: tables, now: now, lockedSheets: map[string]int{}, evaluators: map[string]int{}}
	f.lots, f.needs, f.awards, f.sealedOffers, f.offers = tables["lot"], tables["need"], tables["award"], tables["sealed_offer"],
		tables["offer"]
	f.delegations, f.invitations = rowsByColumn(tables["delegation"], "authority_id"), rowsByColumn(tables["invitation"], "provider_id")
	f.offersOfProvider = rowsByColumn(tables["sealed_offer"], "provider_id")
	for provider, all := range rowsByColumn(tables["telephone_offer"], "provider_id") {
		f.offersOfProvider[provider] = append(f.offersOfProvider[provider], all...)
	}
	f.awardsOfProvider, f.awardsOfAuthority = rowsByColumn(f.awards, "provider_id"), rowsByColumn(f.awards, "authority_id")
	f.applications, f.memberships = rowsByColumn(tables["application"], "provider_id"), rowsByColumn(tables["membership"], "provider_id")
	f.awardsOfNeed, f.needsOfLot = rowsByColumn(f.awards, "need_id"), rowsByColumn(f.needs, "lot_id")
	f.placements = rowsByColumn(tables["placement"], "provider_id")
	f.familyInvitations = rowsByColumn(tables["family_invitation"], "code_hash")
	f.appointments, f.endedAppointments = rowsByColumn(tables["appointment"], "need_id"), rowsByColumn(tables["no_award"], "need_id")
	interested := map[string]bool{}
	for _, i := range tables["interest"] {
		if i["conflict"] == true {
			interested[i.Text("need_id")+i.Text("person")] = true
		}
	}
	for _, sheet := range tables["score_sheet"] {
		if sheet.hasValue("locked_at") && !interested[sheet.Text("need_id")+sheet.Text("person")] {
			f.lockedSheets[sheet.Text("need_id")]++
		}
	}
	for _, p := range tables["procedure"] {
		n, _ := p["evaluators"].(float64)
		f.evaluators[p.Text("code")] = int(n)
	}
	return f
}

func rowsByColumn(table map[string]Row, column string) map[string][]Row {
	all := map[string][]Row{}
	for _, r := range table {
		all[r.Text(column)] = append(all[r.Text(column)], r)
	}
	return all
}

func bothFilters(one, other rowFilter) rowFilter {
	return func(f *Facts, who Principal, r Row) bool { return one(f, who, r) && other(f, who, r) }
}

func everyRow(*Facts, Principal, Row) bool { return true }

// columnEquals compares a column with something of who asks, which may be nothing.
func columnEquals(r Row, column, value string) bool { return value != "" && r.Text(column) == value }

func ofAuthority(_ *Facts, who Principal, r Row) bool {
	return columnEquals(r, "authority_id", who.organisationID())
}

func ofProvider(_ *Facts, who Principal, r Row) bool {
	return columnEquals(r, "provider_id", who.organisationID())
}

func ofPredecessor(_ *Facts, who Principal, r Row) bool {
	return columnEquals(r, "predecessor_id", who.organisationID())
}

func toConsortium(_ *Facts, who Principal, r Row) bool {
	return columnEquals(r, "consortium_id", who.organisationID())
}

func inOwnChain(_ *Facts, who Principal, r Row) bool {
	return columnEquals(r, "chain_id", who.organisationID())
}
func inPerson(_ *Facts, who Principal, r Row) bool { return columnEquals(r, "person", who.Person) }
func isShown(_ *Facts, _ Principal, r Row) bool    { return r["shown"] == true }
func isApproved(_ *Facts, _ Principal, r Row) bool { return r.hasValue("approved_at") }
func isReleased(_ *Facts, _ Principal, r Row) bool { return r.Text("decision") == "RELEASED" }

func ownKey(_ *Facts, who Principal, r Row) bool {
	return columnEquals(r, "person", who.Person) && columnEquals(r, "organisation_id", who.organisationID())
}

// ownOrShared: one's own, and what others of the organisation share.
func ownOrShared(_ *Facts, who Principal, r Row) bool {
	return columnEquals(r, "organisation_id", who.organisationID()) && (r["shared"] == true || columnEquals(r, "person", who.Person))
}

func ofOwnSetting(f *Facts, who Principal, r Row) bool {
	return columnEquals(f.Tables["setting"][r.Text("setting_id")], "provider_id", who.organisationID())
}

// ownDoing: who has no account is written down as a family.
func ownDoing(_ *Facts, who Principal, r Row) bool {
	person := who.Person
	if person == "" {
		person = "family"
	}
	return r.Text("person") == person && r.Text("organisation_id") == who.organisationID()
}

func inOwnCapacity(_ *Facts, who Principal, r Row) bool {
	return r.Text("capacity") == string(who.Role)
}

// ofPublishedLot is for lots, and for what says which lot it is of.
func ofPublishedLot(f *Facts, _ Principal, r Row) bool {
	if lot, ok := f.lots[r.Text("lot_id")]; ok {
		return lot.hasValue("published_at")
	}
	return r.hasValue("published_at")
}

// leadsAMarket: whatever row, for an authority that leads a market.
func leadsAMarket(f *Facts, who Principal, _ Row) bool {
	for _, m := range f.Tables["market"] {
		if columnEquals(m, "authority_id", who.organisationID()) {
			return true
		}
	}
	return false
}

func ofOwnLot(f *Facts, who Principal, r Row) bool {
	return columnEquals(f.lots[r.Text("lot_id")], "authority_id", who.organisationID())
}

// ofApplicant: of a provider that has ever applied to the authority that asks.
func ofApplicant(f *Facts, who Principal, r Row) bool {
	return slices.ContainsFunc(f.applications[r.Text("provider_id")],
		func(a Row) bool { return columnEquals(a, "authority_id", who.organisationID()) })
}

// ofMember: of a provider that is a member of some lot now.
func ofMember(f *Facts, _ Principal, r Row) bool {
	return slices.ContainsFunc(f.memberships[r.Text("provider_id")], func(m Row) bool { return !m.hasValue("ended_at") })
}

// ofMemberOrKeeper: of a provider that is a member of some lot, or was and keeps a child, of whatever authority.
func ofMemberOrKeeper(f *Facts, who Principal, r Row) bool {
	provider := r.Text("provider_id")
	return ofMember(f, who, r) || len(f.memberships[provider]) > 0 && f.keepsChild(provider, "")
}

// ofKeeperOfOwnChild: of a provider that keeps a child of the authority that asks.
func ofKeeperOfOwnChild(f *Facts, who Principal, r Row) bool {
	return who.organisationID() != "" && f.keepsChild(r.Text("provider_id"), who.organisationID())
}

// keepsChild says whether a child is placed with a provider, by an authority or by any. No placement in a crowd ends on the day.
func (f *Facts) keepsChild(provider, authority string) bool {
	return slices.ContainsFunc(f.placements[provider], func(p Row) bool {
		isOver := p.hasValue("cancelled_at") || p.hasValue("ended_on") && p.Text("ended_on") < f.now.Format(time.DateOnly)
		return !isOver && (authority == "" || p.Text("authority_id") == authority)
	})
}

// ofMemberCalledUpon: of a member of a lot in which the authority that asks has a call that has not ended.
func ofMemberCalledUpon(f *Facts, who Principal, r Row) bool {
	return slices.ContainsFunc(f.memberships[r.Text("provider_id")], func(m Row) bool {
		return !m.hasValue("ended_at") && slices.ContainsFunc(f.needsOfLot[m.Text("lot_id")], func(n Row) bool {
			return columnEquals(n, "authority_id", who.organisationID()) && f.isCalling(n)
		})
	})
}

// isCalling says whether a need is published, and neither withdrawn, ended without an award nor agreed.
func (f *Facts) isCalling(n Row) bool {
	isAgreed := func(a Row) bool { return a.hasValue("accepted_at") && !a.hasValue("cancelled_at") }
	return n.hasValue("published_at") && !n.hasValue("withdrawn_at") && len(f.endedAppointments[n.Text("id")]) == 0 &&
		!slices.ContainsFunc(f.awardsOfNeed[n.Text("id")], isAgreed)
}

// delegatesDutyOf: the alert is about what its authority delegates, now, to the consortium that asks.
func delegatesDutyOf(f *Facts, who Principal, r Row) bool {
	act := r.Text("delegable")
	return act != "" && delegatesTo(act)(f, who, r)
}

// delegatesTo: the row's authority delegates one of the acts, now, to the consortium that asks.
func delegatesTo(acts string) rowFilter {
	return func(f *Facts, who Principal, r Row) bool {
		return slices.ContainsFunc(f.delegations[r.Text("authority_id")], func(d Row) bool {
			return columnEquals(d, "consortium_id", who.organisationID()) && !d.hasValue("withdrawn_at") && f.inRegion(d.Text("authority_id")) &&
				f.inRegion(who.organisationID()) && slices.Contains(strings.Fields(acts), d.Text("act"))
		})
	}
}

// inTheRegion: the organisation that asks is one of the region, and has not left. Nobody in a crowd leaves on the day.
func inTheRegion(f *Facts, who Principal, _ Row) bool { return f.inRegion(who.organisationID()) }

func (f *Facts) inRegion(organisation string) bool {
	o, ok := f.Tables["organisation"][organisation]
	return ok && (!o.hasValue("left_on") || o.Text("left_on") > f.now.Format(time.DateOnly))
}

// appointedToNeed: to the need that a row is or is about, in the capacity and for the organisation that asks, while it is evaluated.
func appointedToNeed(f *Facts, who Principal, r Row) bool { return f.appointedTo(who, needOf(r)) }

func appointedToSibling(f *Facts, who Principal, r Row) bool {
	return f.appointedTo(who, r.Text("sibling_id"))
}

func (f *Facts) appointedTo(who Principal, id string) bool {
	n, ok := f.needs[id]
	if !ok || n.hasValue("ranked_at") || n.hasValue("withdrawn_at") || len(f.endedAppointments[id]) > 0 || !f.inRegion(who.organisationID()) {
		return false
	}
	return slices.ContainsFunc(f.appointments[id], func(a Row) bool {
		return columnEquals(a, "organisation_id", who.organisationID()) && columnEquals(a, "person", who.Person) && columnEquals(a, "capacity",
			strings.ToUpper(string(who.Role))) && !a.hasValue("ended_at")
	})
}

// needOf is the need that a row is or is about.
func needOf(r Row) string {
	if id := r.Text("need_id"); id != "" {
		return id
	}
	return r.Text("id")
}

// invitedAsMember: the provider was invited to the need, and is an active member of its lot now.
func invitedAsMember(f *Facts, who Principal, r Row) bool {
	return slices.ContainsFunc(f.invitations[who.organisationID()], func(i Row) bool {
		return i.Text("need_id") == needOf(r) && f.isActiveIn(who.organisationID(), i.Text("lot_id"))
	})
}

// isActiveIn says whether a provider is an active member of a lot. No suspension in a crowd ends on the day.
func (f *Facts) isActiveIn(provider, lot string) bool {
	return slices.ContainsFunc(f.memberships[provider], func(m Row) bool {
		until, _, _ := strings.Cut(m.Text("suspended_until"), "T")
		isOver := until != "" && until < f.now.Format(time.DateOnly)
		return m.Text("lot_id") == lot && !m.hasValue("ended_at") && !m.hasValue("lapsed_at") && (!m.hasValue("suspended_at") || isOver)
	})
}

// followsNeed: invited as a member, or with an offer of its own.
func followsNeed(f *Facts, who Principal, r Row) bool {
	isOfNeed := func(o Row) bool { return o.Text("need_id") == needOf(r) && !o.hasValue("withdrawn_at") }
	return invitedAsMember(f, who, r) || slices.ContainsFunc(f.offersOfProvider[who.organisationID()], isOfNeed)
}

func isUnanswered(_ *Facts, _ Principal, r Row) bool { return !r.hasValue("answered_at") }

// followsSibling: the other need of a link.
func followsSibling(f *Facts, who Principal, r Row) bool {
	return followsNeed(f, who, Row{"id": r["sibling_id"]})
}

// answeredOrAsked: a question that is answered, or one's own.
func answeredOrAsked(f *Facts, who Principal, r Row) bool {
	return r.hasValue("answered_at") || columnEquals(f.Tables["clarification_asker"][r.Text("id")], "provider_id", who.organisationID())
}

// isPastDeadline: the deadline of the need has passed. None in a crowd is of the day.
func isPastDeadline(f *Facts, _ Principal, r Row) bool {
	if _, ok := r["deadline"]; !ok {
		r = f.needs[needOf(r)]
	}
	deadline, _, _ := strings.Cut(r.Text("deadline"), "T")
	return deadline != "" && deadline < f.now.Format(time.DateOnly)
}

// isOlder: a time was longer ago than a number of days. None in a crowd is of that very day.
func isOlder(f *Facts, at string, days int) bool {
	day, _, _ := strings.Cut(at, "T")
	return day != "" && day < f.now.AddDate(0, 0, -days).Format(time.DateOnly)
}

// These have been kept for as long as the table retention says.
func servedRetry(f *Facts, _ Principal, r Row) bool { return isOlder(f, r.Text("at"), 90) }

func servedInvitation(f *Facts, _ Principal, r Row) bool {
	return !r.hasValue("used_at") && (isOlder(f, r.Text("expires_at"), 365) || isOlder(f, r.Text("replaced_at"), 365))
}

func servedDocument(f *Facts, _ Principal, r Row) bool {
	e := f.Tables["evidence"][r.Text("evidence_id")]
	return isOlder(f, e.Text("valid_until"), 2557) || isOlder(f, e.Text("rejected_at"), 2557)
}

func ofOwnSealedOffer(f *Facts, who Principal, r Row) bool {
	return columnEquals(f.sealedOffers[r.Text("offer_id")], "provider_id", who.organisationID())
}

func ofOpenedOffer(f *Facts, _ Principal, r Row) bool {
	_, ok := f.offers[r.Text("offer_id")]
	return ok
}

// allLocked: as many sheets of the need are locked as its lot's procedure asks for.
func allLocked(f *Facts, _ Principal, r Row) bool {
	lot := f.lots[f.needs[needOf(r)].Text("lot_id")]
	locked := f.lockedSheets[needOf(r)]
	return locked > 0 && locked >= f.evaluators[lot.Text("procedure")]
}

// byOneEvaluator: in the name of who asks, about a need of their authority whose published lot's procedure asks for one evaluator.
func byOneEvaluator(f *Facts, who Principal, r Row) bool {
	need := f.needs[needOf(r)]
	lot := f.lots[need.Text("lot_id")]
	return inPerson(f, who, r) && ofAuthority(f, who, need) && lot.hasValue("published_at") &&
		f.evaluators[lot.Text("procedure")] == 1
}

func ofAcceptedNeed(f *Facts, who Principal, r Row) bool {
	return slices.ContainsFunc(f.awardsOfProvider[who.organisationID()],
		func(a Row) bool { return a.Text("need_id") == needOf(r) && a.hasValue("accepted_at") })
}

// ofPlacedNeed: the same, while the placement is not cancelled.
func ofPlacedNeed(f *Facts, who Principal, r Row) bool {
	return slices.ContainsFunc(f.awardsOfProvider[who.organisationID()],
		func(a Row) bool {
			return a.Text("need_id") == needOf(r) && a.hasValue("accepted_at") && !a.hasValue("cancelled_at")
		})
}

// ofAcceptedSibling: of the other need of a link.
func ofAcceptedSibling(f *Facts, who Principal, r Row) bool {
	return ofAcceptedNeed(f, who, Row{"id": r["sibling_id"]})
}

// ofApprovedRoute: of an own award that is approved, by another route than the competition.
func ofApprovedRoute(f *Facts, who Principal, r Row) bool {
	award := f.awards[r.Text("award_id")]
	return columnEquals(award, "authority_id", who.organisationID()) && award.hasValue("approved_at") && award.Text("route") != "COMPETITION"
}

func ofApprovedAward(f *Facts, who Principal, r Row) bool {
	award := f.awards[r.Text("award_id")]
	return columnEquals(award, "provider_id", who.organisationID()) && award.hasValue("approved_at")
}

func whereAwarded(f *Facts, who Principal, r Row) bool {
	return slices.ContainsFunc(f.awardsOfAuthority[who.organisationID()], func(a Row) bool {
		return a.Text("setting_id") == r.Text("setting_id") && a.hasValue("approved_at") && !a.hasValue("declined_at") &&
			!a.hasValue("lapsed_at") && !a.hasValue("cancelled_at")
	})
}

func withCode(_ *Facts, who Principal, r Row) bool {
	return len(who.Invitation) > 0 && r.Text("code_hash") == who.codeHash()
}

// shownInvitations are the invitations of a kind whose code is shown.
func (f *Facts) shownInvitations(who Principal, kind string) (all []Row) {
	if len(who.Invitation) == 0 {
		return nil
	}
	for _, i := range f.familyInvitations[who.codeHash()] {
		if i.Text("kind") == kind {
			all = append(all, i)
		}
	}
	return all
}

func invitedToPrefer(f *Facts, who Principal, r Row) bool {
	return slices.ContainsFunc(f.shownInvitations(who, "PREFERENCE"), func(i Row) bool { return i.Text("need_id") == needOf(r) })
}

func givenWithCode(f *Facts, who Principal, r Row) bool {
	return slices.ContainsFunc(f.shownInvitations(who, "PREFERENCE"),
		func(i Row) bool { return columnEquals(r, "invitation_id", i.Text("id")) })
}

func invitedToFeedBack(f *Facts, who Principal, _ Row) bool {
	return len(f.shownInvitations(who, "FEEDBACK")) > 0
}

func ofPlacementInvitedTo(f *Facts, who Principal, r Row) bool {
	return slices.ContainsFunc(f.shownInvitations(who, "FEEDBACK"),
		func(i Row) bool { return columnEquals(i, "placement_id", r.Text("placement_id")) })
}

// May says whether somebody may use a command on a row of a table.
func (f *Facts) May(who Principal, command policy.Command, table string, r Row) bool {
	return slices.ContainsFunc(rowsOfGroup[Group{who.Role, command, table}], func(among rowFilter) bool { return among(f, who, r) })
}
