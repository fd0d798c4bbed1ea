package e2e_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// listCosts are how many statements each list takes, whatever its page: the transaction's beginning with the role in it, the
// page, and one for each kind of thing below it that does not come along. %d is the page's size. What only reads is not committed.
var listCosts = []struct {
	who        demo.Persona
	query      string
	list       string // the path of the page
	most       int    // rows in the larger page: as many as the service lets such a selection have
	statements int64
}{
	{
		demo.Public, `{ organisations(first: %d) { edges { node { id name dfeCode consortium { name } } } pageInfo { hasNextPage } } }`,
		"organisations", 100, 3,
	},
	{demo.Borough, `{ organisations(first: %d) { edges { node { name consortium { name } delegations { act authority { name } consortium
		{ name } withdrawnAt } } } } }`, "organisations", 100, 4},
	{demo.Public, `{ markets(first: %d) { edges { node { name lead { name } regime { code statedByMarket routes { route allowed } }
		applicationPeriod { until } rules { code value source } notices { number rules { code value } } lots(first: 4)
		{ edges { node { name procedure { code } criteria { name weight } members(first: 5) { edges { node { status provider { name } } } } } } }
		} } } }`, "markets", 100, 8},
	{demo.Public, `{ providers(first: %d) { edges { node { name settings(first: 5) { edges { node { name district figures { question answers
		mean } } } } memberships { status lot { name } } figures { question mean } } } } }`, "providers", 100, 4},
	{demo.Public, `{ places(filter: { needs: ["ASD - Autistic Spectrum Disorder"], age: 12, near: { easting: 514000, northing: 103000 } },
		first: %d) { edges { node { miles setting { name provider { name } } } } } }`, "places", 20, 2},
	{demo.Public, `{ places(first: %d) { edges { node { setting { name provider { name } inspections { value } } } } } }`, "places", 100, 3},
	{demo.MarketManager, `{ unclaimedSettings(first: %d) { edges { node { name urn previousUrns provider { name } inspections { value } } } }
		}`, "unclaimedSettings", 100, 3},
	{demo.Commissioner, `{ savedSearches(first: %d) { edges { node { name person filter } } } }`, "savedSearches", 100, 2},
	{demo.Public, `{ places(first: %d) { edges { node { setting { name vacancies vacanciesAt declared { free } provider { name } inspections
		{ value } } } } } }`, "places", 100, 4},
	{demo.MarketManager, `{ applications(first: %d) { edges { node { statement decideBy decision lot { name market { name } } provider
		{ name ukprn } } } } }`, "applications", 100, 3},
	{demo.Commissioner, `{ needs(first: %d) { edges { node { reference status authority { name } lot { name criteria { name } } ceilingWeekly
		invitations { answer provider { name } } offersReceived
		preferences { words setting { name } effect naming { named } } interests { person } noAward { reason } } } } }`, "needs", 100, 11},
	{demo.Commissioner, `{ needs(first: %d) { edges { node { offers { startsOn provider { name } setting { name address } price { weekly }
		ranking { rank total } } } } } }`, "needs", 100, 10},
	{
		demo.Commissioner, `{ needs(first: %d) { edges { node { offers { priceQueries { kind } suitability { check passed } scores
		{ points criterion { name } } moderation { points criterion { name } } letters { result } price { fees { kind weekly } } } } } } }`,
		"needs", 7, 10,
	},
	{demo.Commissioner, `{ needs(first: %d) { edges { node { awards { status route basis { weekly } offer { receipt } provider { name }
		setting { name address } placement { status agreement { weekly } } } } } } }`, "needs", 100, 12},
	{demo.Commissioner, `{ needs(first: %d) { edges { node { invitations { answer } silent { provider { name } chases { words } }
		clarifications { question answer } } } } }`, "needs", 50, 5},
	{demo.Evaluator1, `{ needs(first: %d) { edges { node { reference offers { needsMet setting { name } suitability { check } scores
		{ points criterion { name topScore } } } } } } }`, "needs", 20, 5},
	{demo.Winner, `{ needs(first: %d) { edges { node { reference lot { name } invitations { answer } offers { version price { weekly fees
		{ weekly } } letters { result } } awards { status placement { status } } } } } }`, "needs", 20, 8},
	{demo.Winner, `{ myOffers(first: %d) { edges { node { version receipt receivedAt price { weekly fees { weekly } }
		need { reference deadline } setting { name address } letters { body } } } } }`, "myOffers", 100, 5},
	{demo.Commissioner, `{ placements(first: %d) { edges { node { status startsOn need { reference } authority { name } provider { name }
		setting { name address } agreement { weekly } words { words } } } } }`, "placements", 100, 10},
	{demo.Winner, `{ placements(first: %d) { edges { node { status need { reference } authority { name } setting { name } agreement { weekly }
		words { words } } } } }`, "placements", 100, 5},
	{demo.Safeguarding, `{ feedbackWords(first: %d) { edges { node { words readBy decision placement { status need { reference } setting
		{ name } } } } } }`, "feedbackWords", 100, 3},
	{demo.Commissioner, `{ alerts(first: %d) { edges { node { kind due at words about } } } }`, "alerts", 100, 2},
	{
		demo.Commissioner, `{ needs(first: %d) { edges { node { stage nextActs { act capacity organisation from due yours } } } } }`, "needs",
		100, 2,
	},
	{demo.Commissioner, `{ awardNotices(first: %d) { edges { node { kind dueOn award { need { reference } } } } } }`, "awardNotices", 100, 3},
	{demo.Auditor, `{ events(first: %d) { edges { node { at person capacity act changed } } } }`, "events", 100, 2},
	{demo.Winner, `{ events(first: %d) { edges { node { at person act } } } }`, "events", 100, 2},
}

// countStatements asks and counts the statements.
func (c *crowdedWorld) countStatements(who demo.Persona, query string, variables fields) (int64, demo.Value) {
	c.t.Helper()
	c.sendQuery(c.t, who, query, variables) // once before, so that the service knows whether it is one statement
	before := c.Statements()
	reply := c.sendQuery(c.t, who, query, variables)
	if len(reply.Errors) > 0 {
		c.t.Fatalf("%s: %s: %s", who, query, reply.Errors[0].Message)
	}
	return c.Statements() - before, reply.Data
}

func TestListStatementsDoNotGrowWithThePage(t *testing.T) {
	c := newCrowdedWorld(t)
	for _, cost := range listCosts {
		for _, size := range []int{1, cost.most} {
			n, page := c.countStatements(cost.who, fmt.Sprintf(cost.query, size), nil)
			if rows := len(page.At(cost.list + ".edges").All()); rows != size {
				t.Errorf("%s, %s: %d rows of %d", cost.who, cost.list, rows, size)
			}
			if n != cost.statements {
				t.Errorf("%s, %s, %d rows: %d statements and not %d", cost.who, cost.list, size, n, cost.statements)
			}
		}
	}
}

// detailCosts are what one thing costs by its id, with much of what can be asked of it. Where a page is in it, %d is its size.
var detailCosts = []struct {
	who        demo.Persona
	kind       string
	of         func(*crowdedWorld) string
	selection  string
	statements int64
}{
	{
		demo.Borough, "Organisation", ofBorough,
		`name consortium { name } delegations { act withdrawnAt authority { name } consortium { name } }`, 4,
	},
	{demo.Public, "Market", ofMarket, `name lead { name } regime { name } lots(first: %d) { edges { node { name criteria { name } } } }`, 5},
	{demo.Public, "Market", ofMarket, `regime { routes { route awardNotice } awardNotices { kind days } }`, 4},
	{demo.Public, "Lot", ofLot, `name market { name lead { name } } criteria { name } members(first: %d) { edges { node { status provider ` +
		`{ name figures { mean } } } } }`, 6},
	{
		demo.Public, "Provider", ofProvider,
		`name settings(first: %d) { edges { node { name figures { mean } provider { name } } } } memberships { status lot { name } } figures ` +
			`{ mean }`, 4,
	},
	{demo.Winner, "Setting", ofSetting, `name address provider { name } inspections { value } figures { mean }`, 4},
	{demo.MarketManager, "Application", ofApplication, `statement lot { name } provider { name memberships { status } }`, 3},
	{
		demo.Winner, "Provider", ofProvider,
		`name evidence { reference status kind { name } warnings { days } file { name path } } renewals { reason answerBy }`, 6,
	},
	{demo.Public, "Lot", ofLot, `name evidence { essential kind { name } }`, 3},
	{
		demo.MarketManager, "Application", ofApplication, `statement extendedAt questions { round question answer } appeal { grounds upheld }`,
		4,
	},
	{demo.Public, "Membership", ofMembership, `status lot { name } provider { name }`, 2},
	{demo.MarketManager, "Membership", ofMembership, `status lot { name } provider { name } history { kind reason until at by }`, 3},
	{
		demo.Commissioner, "Need", ofNeed,
		`reference authority { name } lot { name criteria { name } } ceilingWeekly invitations { provider { name } } offersReceived
		offers { provider { name } setting { name address } price { fees { weekly } } suitability { check } scores { criterion { name } }
			moderation { criterion { name } } ranking { rank } letters { body } }
		preferences { words setting { name } } interests { person nature } awards { status offer { receipt } provider { name } setting { name
			} placement { agreement { weekly } words { words } } }`, 25,
	},
	{demo.Winner, "Need", ofNeed, `reference invitations { answer } offers { price { weekly } letters { body } } awards { placement { ` +
		`status } }`, 8},
	{
		demo.Commissioner, "Need", ofNeed,
		`reference urgentReason telephoneOffers { status provider { name } } invitations { settings { name } }`, 4,
	},
	{demo.Commissioner, "Need", ofNeed, `reference panel { education } ehc { planDue } outOfArea { grounds }`, 5},
	{demo.Commissioner, "Need", ofNeed, `reference appointments { person organisation { name } }`, 3},
	{
		demo.Commissioner, "Organisation", ofBorough,
		`name succession { onDay remainder { name } successors { name } allocations { need { reference } } }`, 3,
	},
	{demo.Commissioner, "Need", ofNeed, `reference joint { reference needs { reference } }`, 3},
	{demo.Public, "Organisation", ofBorough, `name joinedOn history { kind consortium { name } }`, 3},
	{demo.Winner, "Need", ofNeed, `reference changes { reason } siblings { reference }`, 4},
	{demo.Winner, "Need", ofNeed, `reference invitations { chases { words } } clarifications { answer }`, 5},
	{
		demo.Commissioner, "Offer", ofOffer,
		`need { reference } provider { name } setting { name } price { fees { weekly } } suitability { check } scores { criterion { name } }
			moderation { points } ranking { rank } letters { body }`, 10,
	},
	{demo.Winner, "Offer", ofOffer, `need { reference } setting { name } price { weekly } letters { body }`, 4},
	{
		demo.Commissioner, "Award", ofAward,
		`need { reference } route basis { reasons order { late } } offer { receipt } provider { name } setting { name } placement
			{ route agreement { weekly } }`, 6,
	},
	{demo.Commissioner, "Award", ofAward, `route notices { kind dueOn reference award { route } }`, 3},
	{
		demo.Commissioner, "Placement", ofPlacement,
		`need { reference } authority { name } provider { name } setting { name address } agreement { weekly } words { words }`, 10,
	},
	{demo.Safeguarding, "FeedbackWords", ofWords, `words placement { need { reference } setting { name } provider { name } }`, 3},
}

// TestFigureStatementsDoNotGrowWithQuarters: however many quarters.
func TestFigureStatementsDoNotGrowWithQuarters(t *testing.T) {
	c := newCrowdedWorld(t)
	for query, statements := range map[string]int64{
		"{ placesByRoute(quarters: %d) { route places annual } }":     2,
		"{ openPlacesByRoute(quarters: %d) { route places annual } }": 3,
	} {
		for _, quarters := range []int{1, 40} {
			if n, _ := c.countStatements(demo.Commissioner, fmt.Sprintf(query, quarters), nil); n != statements {
				t.Errorf("%s, %d: %d statements and not %d", query, quarters, n, statements)
			}
		}
	}
}

func ofBorough(*crowdedWorld) string       { return opaqueID("org", demo.Borough.Organisation) }
func ofMarket(*crowdedWorld) string        { return opaqueID("market", demo.MarketID()) }
func ofLot(c *crowdedWorld) string         { return c.Lot }
func ofProvider(*crowdedWorld) string      { return opaqueID("provider", demo.ProviderID(1)) }
func ofSetting(*crowdedWorld) string       { return settingOf(1) }
func ofApplication(c *crowdedWorld) string { return c.Application }
func ofMembership(c *crowdedWorld) string  { return c.Membership }
func ofNeed(c *crowdedWorld) string        { return c.Need }
func ofOffer(c *crowdedWorld) string       { return c.WinningOffer }
func ofAward(c *crowdedWorld) string       { return c.Award }
func ofPlacement(c *crowdedWorld) string   { return c.Placement }
func ofWords(c *crowdedWorld) string       { return c.Words }

func TestDetailStatementsDoNotGrowWithThePage(t *testing.T) {
	c := newCrowdedWorld(t)
	for _, detail := range detailCosts {
		for _, size := range []int{1, copyCount} {
			selection := strings.ReplaceAll(detail.selection, "%d", strconv.Itoa(size))
			query := fmt.Sprintf("query($id: ID!) { node(id: $id) { ... on %s { %s } } }", detail.kind, selection)
			n, found := c.countStatements(detail.who, query, fields{"id": detail.of(c)})
			if !found.At("node").Exists() {
				t.Errorf("%s sees no %s", detail.who, detail.kind)
			}
			if n != detail.statements {
				t.Errorf("%s, %s, lists of %d: %d statements and not %d", detail.who, detail.kind, size, n, detail.statements)
			}
		}
	}
}

// TestNeedStatementsDoNotGrowWithOffers: the story's need has a hundred offers more than its copies have.
func TestNeedStatementsDoNotGrowWithOffers(t *testing.T) {
	c := newCrowdedWorld(t)
	everything := c.readContract(t).fullSelection("Need", c.actsOf(t, demo.Commissioner), 2)
	few := opaqueID("need", c.idsOf("dps.need WHERE reference = 'N-SYNTHETIC7'", "id")[0])
	var spent [2]int64
	var offers [2]int
	for i, need := range []string{few, c.Need} {
		var found demo.Value
		spent[i], found = c.countStatements(demo.Commissioner, "query($id: ID!) { node(id: $id) { ... on Need { "+everything+
			" } } }", fields{"id": need})
		offers[i] = len(found.At("node.offers").All())
	}
	if offers != [2]int{2, copyCount + 2} || spent[0] != spent[1] {
		t.Errorf("%d statements for %d offers, %d for %d", spent[0], offers[0], spent[1], offers[1])
	}
}

// TestStatementsOfEverySelectionDoNotGrow: whatever a capacity can ask of a list, one row costs what ten cost. The table above has the
// exact numbers of what is usually asked.
func TestStatementsOfEverySelectionDoNotGrow(t *testing.T) {
	c := newCrowdedWorld(t)
	described := c.readContract(t)
	for _, who := range demo.Personas {
		for list, query := range described.pagedLists(c.actsOf(t, who), 1) {
			sized := func(n int) string { return strings.Replace(query, "first: 5", fmt.Sprintf("first: %d", n), 1) }
			one, page := c.countStatements(who, sized(1), nil)
			ten, pages := c.countStatements(who, sized(10), nil)
			if len(page.At(list+".edges").All()) > len(pages.At(list+".edges").All()) || one != ten {
				t.Errorf("%s, %s: one row takes %d statements, ten take %d", who, list, one, ten)
			}
		}
	}
}
