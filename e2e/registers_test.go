package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/registers"
)

// Invented homes, as a list of Ofsted's has them: one whose places are blank, and one that will close.
const (
	listOfHomes = "URN,Name,Local authority,Provision type,Status,Places,Closes,Street\n" +
		"SC979001,A Synthetic Home,Kent,Children\u2019s  Home,ACTIVE,,,1 Synthetic Lane\n" +
		"SC979002,B Synthetic Home,Brighton & Hove,children's home,Active,4,01/09/2027,2 Synthetic Lane\n"
	mapOfHomes = `{"urn": "URN", "name": "Name", "district": "Local authority", "address": ["Street"], "places": "Places",
		"closedOn": "Closes", "homes": {"column": "Provision type", "values": ["Children's home"]},
		"open": {"column": "Status", "values": ["Active"]}}`
)

// importHomes takes a list of homes in.
func (s *scene) importHomes(text string) {
	s.t.Helper()
	columns, err := registers.ReadColumnMap(strings.NewReader(mapOfHomes))
	must(s.t, err)
	file, err := registers.OpenOfsted(strings.NewReader(text), columns, market.LondonDate(s.marketTime()))
	must(s.t, err)
	_, err = directory.ImportDirectory(s.t.Context(), s.Open(s.t, "dps_importer"), file.Directory())
	must(s.t, err)
}

// linkHomes links the homes of the list to a provider, and gives their ids in the order of their names.
func (s *scene) linkHomes(provider int) (homes []string) {
	s.t.Helper()
	unclaimed := s.readData(demo.MarketManager, "{ unclaimedSettings { edges { node { id name } } } }", nil)
	for _, edge := range unclaimed.At("unclaimedSettings.edges").All() {
		home := edge.At("node.id").Text()
		s.mustChange(demo.MarketManager, "linkSetting", fields{"setting": home, "provider": opaqueID("provider", demo.ProviderID(provider))}, "")
		homes = append(homes, home)
	}
	return homes
}

// TestUrgentNeedReachesAHomeWhoseNeedsNobodyTold: a list of homes says no need types. Such a home is found, marked, and asked; its
// provider, and nobody else, says what it meets, and can say it again.
func TestUrgentNeedReachesAHomeWhoseNeedsNobodyTold(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(5))
	s.importHomes(listOfHomes)
	home := s.linkHomes(5)[0]
	kent, provider, other := staffOf("Kent"), bidsManagerOf(5), "VI - Visual Impairment"
	declare := func(needs ...string) fields { return fields{"setting": home, "needs": append([]string{}, needs...)} }
	found := func(need string) bool {
		t.Helper()
		all := s.readData(demo.Public, `query($n: [String!]) { places(filter: {needs: $n, name: "A Synthetic Home"}) {
			edges { node { setting { name } } } } }`, fields{"n": []string{need}})
		return slices.Contains(settingNames(all), "A Synthetic Home")
	}
	known := func() demo.Value {
		t.Helper()
		return s.readNode(demo.Public, "Setting", home, "needs needsKnown declaredNeeds needsDeclaredAt")
	}
	asked := func() bool {
		t.Helper()
		need := s.broadcastUrgentNeed(kent.commissioner)
		settings := s.readNode(provider, "Need", need, "invitations { settings { id } }").At("invitations.0.settings").All()
		return slices.ContainsFunc(settings, func(one demo.Value) bool { return one.At("id").Text() == home })
	}
	if k := known(); k.At("needs").Exists() || k.At("declaredNeeds").Exists() || k.At("needsKnown").Raw() != false {
		t.Errorf("before anybody says it: %v", k)
	}
	if !found(anyNeed) || !found(other) || !asked() {
		t.Error("a home whose needs nobody told is not found, or not asked")
	}
	for _, who := range []demo.Persona{demo.Public, kent.commissioner, demo.MarketManager} {
		s.requireRefused("FORBIDDEN", who, "declareSettingNeeds", declare(anyNeed))
	}
	s.requireRefused("NOT_FOUND", bidsManagerOf(6), "declareSettingNeeds", declare(anyNeed))
	s.requireRefused("INVALID", provider, "declareSettingNeeds", declare())
	s.requireRefused("INVALID", provider, "declareSettingNeeds", declare("autism"))
	s.requireRefused("INVALID", provider, "declareSettingNeeds", declare(anyNeed, anyNeed))
	s.mustChange(provider, "declareSettingNeeds", declare(other), "setting { id }")
	if found(anyNeed) || !found(other) || asked() {
		t.Error("a home that says that it meets another need is asked")
	}
	s.mustChange(provider, "declareSettingNeeds", declare(other, anyNeed), "setting { id }")
	if k := known(); k.At("needs").Exists() || len(k.At("declaredNeeds").All()) != 2 || k.At("needsKnown").Raw() != true ||
		!k.At("needsDeclaredAt").Exists() {
		t.Errorf("after its provider says it: %v", k)
	}
	if !asked() {
		t.Error("a home that says that it meets the need is not asked")
	}
	s.importHomes(strings.Replace(listOfHomes, "A Synthetic Home", "A Synthetic House", 1))
	if k := known(); len(k.At("declaredNeeds").All()) != 2 {
		t.Errorf("after another import: %v", k)
	}
}

// TestBlankPlacesAreUnknown: a home of which the list does not say how many places it has is not full. A child is placed there.
func TestBlankPlacesAreUnknown(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(5))
	s.importHomes(listOfHomes)
	home := s.linkHomes(5)[0]
	kent := staffOf("Kent")
	if places := s.readNode(demo.Public, "Setting", home, "places vacancies ageLow section41"); places.At("places").Exists() ||
		places.At("vacancies").Exists() || places.At("ageLow").Exists() || places.At("section41").Exists() {
		t.Errorf("what the list leaves blank is %v", places)
	}
	need := s.publishNeed(kent.commissioner)
	in := s.offerInput(need, 2, "4000.00")
	in["setting"] = home
	offer := s.mustChange(bidsManagerOf(5), "submitOffer", in, "offer { id }").At("offer.id").Text()
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	award := s.proposeAndApprove(kent, offer)
	s.mustChange(bidsManagerOf(5), "acceptAward", fields{"award": award}, "award { placement { id } }")
}

// TestAnnouncedClosureIsKept: a home that will close takes children until then, and none whose first day is later.
func TestAnnouncedClosureIsKept(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(5))
	closes := market.LondonDate(s.marketTime()).AddDays(61)
	s.importHomes(strings.Replace(listOfHomes, "01/09/2027", closes.Format("2/1/2006"), 1))
	home := s.linkHomes(5)[1]
	offer := func(days int) fields {
		in := s.offerInput(s.publishNeed(staffOf("Kent").commissioner), 2, "4000.00")
		in["setting"], in["startsOn"] = home, s.dayFromNow(days)
		return in
	}
	if told := s.readNode(demo.Public, "Setting", home, "closedOn").At("closedOn").Text(); told != closes.String() {
		t.Errorf("it closes on %q, want %s", told, closes)
	}
	s.mustChange(bidsManagerOf(5), "submitOffer", offer(60), "")
	if said := s.tryChange(bidsManagerOf(5), "submitOffer", offer(61), ""); said.code != "WRONG_STATE" ||
		!strings.Contains(said.words, closes.String()) {
		t.Errorf("on its last day: %s, %s", said.code, said.words)
	}
	s.passTime(62 * 24 * time.Hour)
	all := s.readData(demo.Public, `{ places(filter: {name: "B Synthetic Home"}) { edges { node { setting { name } } } } }`, nil)
	if slices.Contains(settingNames(all), "B Synthetic Home") {
		t.Error("it is still found after it closed")
	}
}

// TestPlacesOfADistrictAndOfAnAuthority: schools are listed by district, homes by authority. A district that is not known is refused; an
// authority finds both; the name that was typed comes first.
func TestPlacesOfADistrictAndOfAnAuthority(t *testing.T) {
	s := newScene(t, "MATCHING")
	s.importExtract(extractOfTwoSchools)
	s.importHomes(listOfHomes)
	names := func(filter fields) []string {
		t.Helper()
		return settingNames(s.readData(demo.Public, `query($f: PlaceFilter) { places(filter: $f, first: 100) {
			edges { node { setting { name } } } } }`, fields{"f": filter}))
	}
	refused := func(filter fields, words string) {
		t.Helper()
		reply := s.sendQuery(t, demo.Public, "query($f: PlaceFilter) { places(filter: $f) { edges { cursor } } }", fields{"f": filter})
		if len(reply.Errors) != 1 || !strings.Contains(reply.Errors[0].Message, words) {
			t.Errorf("%v: %s", filter, reply.Raw)
		}
	}
	both := []string{"A Synthetic Home", "A Synthetic School"}
	for _, name := range both {
		if !slices.Contains(names(fields{"localAuthority": "886"}), name) {
			t.Errorf("Kent does not have %s", name)
		}
	}
	for _, district := range []string{"Maidstone", "maidstone ", "MAIDSTONE"} {
		found := names(fields{"district": district})
		if !slices.Contains(found, "A Synthetic School") || slices.Contains(found, "A Synthetic Home") {
			t.Errorf("%q finds %q", district, found)
		}
	}
	if found := names(fields{"localAuthority": "846"}); !slices.Contains(found, "B Synthetic Home") {
		t.Errorf("Brighton and Hove has %q", found)
	}
	refused(fields{"district": "Maidston"}, "districts")
	refused(fields{"district": "Kent"}, "886")
	refused(fields{"localAuthority": "999"}, "DfE code")
	if found := names(fields{"name": "Synthetic School 13"}); len(found) == 0 || found[0] != "Synthetic School 13" {
		t.Errorf("a name finds %q first", found)
	}
	listed := s.readData(demo.Public, `{ districts(first: 100) { edges { node { name localAuthority localAuthorityName } }
		pageInfo { hasNextPage } } }`, nil)
	if len(listed.At("districts.edges").All()) != 100 || listed.At("districts.pageInfo.hasNextPage").Raw() != true {
		t.Errorf("districts: %v", listed)
	}
}
