package e2e_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// evidenceReader is somebody who tries to read a member's evidence and its document.
type evidenceReader struct {
	who                demo.Persona
	evidence, document bool
}

// requireReaders holds for each reader what they can read, as evidence, as a link to its document, and as the document itself.
func (s *scene) requireReaders(when, evidence string, readers ...evidenceReader) {
	s.t.Helper()
	for _, r := range readers {
		reply := s.sendQuery(s.t, r.who, `query($id: ID!) { node(id: $id) { ... on Evidence { kind { code } validUntil status } } }`,
			fields{"id": evidence})
		if got := reply.Data.At("node.status").Exists() && reply.Data.At("node.validUntil").Exists(); got != r.evidence {
			s.t.Errorf("%s: %s reads the evidence: %v", when, r.who, got)
		}
		link := s.sendQuery(s.t, r.who, `query($id: ID!) { node(id: $id) { ... on Evidence { file { name path } } } }`, fields{"id": evidence})
		if got := link.Data.At("node.file.path").Exists(); got != r.document {
			s.t.Errorf("%s: %s reads the link to the document: %v", when, r.who, got)
		}
		response, text := s.sendFile(r.who, http.MethodGet, s.documentPath(evidence), nil)
		want := http.StatusNotFound
		if r.document {
			want = http.StatusOK
		}
		if response.StatusCode != want || (text == examplePDF) != r.document || !r.document && !strings.Contains(text, "NOT_FOUND") {
			s.t.Errorf("%s: %s: %d, %q", when, r.who, response.StatusCode, text)
		}
	}
}

func (s *scene) documentPath(evidence string) string {
	s.t.Helper()
	return "/evidence/" + uuidOf(s.t, evidence).String() + "/file"
}

// TestDocumentOfEvidenceIsReadOnAGround: each commissioner of the region reads kind, last day and outcome of a member's evidence. Its
// document is read by the provider, the lead authority's market manager, and commissioners with a call in one of the member's lots that
// has not ended, or a child there. The right ends with its ground.
func TestDocumentOfEvidenceIsReadOnAGround(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(2))
	otherLot := s.lot
	s.addEvidenceLot()
	us, rival, kent, surrey := bidsManagerOf(3), bidsManagerOf(2), staffOf("Kent"), staffOf("Surrey")
	evidence := s.giveEvidence(us, 300)
	always := []evidenceReader{
		{us, true, true},
		{demo.MarketManager, true, true},
		{rival, false, false},
		{demo.Public, false, false},
		{kent.auditor, false, false},
		{kent.evaluator, false, false},
		{kent.approver, false, false},
		{kent.safeguarding, false, false},
		{personOf("Kent", "market_manager"), false, false},
	}
	s.requireReaders("before it applied", evidence, evidenceReader{us, true, true}, evidenceReader{demo.MarketManager, false, false},
		evidenceReader{kent.commissioner, false, false})
	s.admitProvider(us)
	s.mustChange(surrey.commissioner, "publishNeed", fields{
		"need":     s.draftNeed(surrey.commissioner, fields{"lot": otherLot}),
		"deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": someReason,
	}, "")
	draft := s.draftNeed(kent.commissioner, nil)
	require := func(when string, kentsDocument bool) {
		t.Helper()
		s.requireReaders(when, evidence, append(slices.Clone(always), evidenceReader{kent.commissioner, true, kentsDocument},
			evidenceReader{surrey.commissioner, true, false})...)
	}
	require("with a draft, and with a call in another lot", false)
	s.mustChange(kent.commissioner, "publishNeed", fields{
		"need": draft, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": someReason,
	}, "")
	require("with an open call", true)
	s.mustChange(kent.commissioner, "withdrawNeed", fields{"need": draft, "reason": someReason}, "")
	require("after it was withdrawn", false)
	need := s.publishNeed(kent.commissioner)
	s.passTime(pastDeadline)
	require("while offers are evaluated", true)
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	s.mustChange(kent.commissioner, "endWithoutAward", fields{"need": need, "reason": "NO_OFFERS", "words": someReason}, "")
	require("after it ended without an award", false)
	s.giveEvidence(rival, 300)
	s.admitProvider(rival)
	agreed := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(rival, agreed, 4, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, agreed, offer)
	award := s.approveAward(kent, offer)
	require("while a place is awarded to another member", true)
	s.mustChange(rival, "acceptAward", fields{"award": award}, "")
	require("after another member's place was agreed", false)
	never, _ := s.placeDirectly(kent)
	require("with a child that is to come", true)
	s.mustChange(kent.commissioner, "cancelPlacement", fields{"placement": never, "reason": "FAMILY_REQUEST"}, "")
	require("after the placement was cancelled", false)
	placement := s.startDirectly(kent)
	require("with a child", true)
	s.mustChange(us, "leaveLot", fields{"membership": s.membershipID(us), "reason": someReason}, "")
	require("with a child at a former member", true)
	s.mustChange(kent.commissioner, "endPlacement", s.endInput(placement, 1, nil), "")
	require("on the last days", true)
	s.passTime(48 * time.Hour)
	s.requireReaders("after both have ended", evidence, append(always, evidenceReader{kent.commissioner, false, false},
		evidenceReader{surrey.commissioner, false, false})...)
}

// TestRejectionIsToldToCommissionersWithoutItsWords: they read the outcome; the reason is for the provider and the market manager.
func TestRejectionIsToldToCommissionersWithoutItsWords(t *testing.T) {
	s := newEvidenceScene(t)
	us, kent := bidsManagerOf(1), staffOf("Kent")
	evidence := s.giveEvidence(us, 300)
	s.admitProvider(us)
	const words = "Synthetic: of another company."
	s.mustChange(demo.MarketManager, "rejectEvidence", fields{"evidence": evidence, "reason": words}, "")
	if got := s.readNode(kent.commissioner, "Evidence", evidence, "status rejectedAt"); got.At("status").Text() != "REJECTED" {
		t.Errorf("a commissioner reads %v", got)
	}
	for _, who := range []demo.Persona{us, demo.MarketManager} {
		if got := s.readNode(who, "Evidence", evidence, "rejectionReason").At("rejectionReason").Text(); got != words {
			t.Errorf("%s reads %q", who, got)
		}
	}
	refused := s.sendQuery(t, kent.commissioner, `query($id: ID!) { node(id: $id) { ... on Evidence { rejectionReason } } }`,
		fields{"id": evidence})
	if len(refused.Errors) == 0 || refused.Errors[0].Extensions.Code != "FORBIDDEN" {
		t.Errorf("a commissioner who asks why reads %s", refused.Raw)
	}
	lapsing := s.giveEvidence(us, 30)
	s.passTime(31 * 24 * time.Hour)
	if got := s.readNode(kent.commissioner, "Evidence", lapsing, "status").At("status").Text(); got != "LAPSED" {
		t.Errorf("a commissioner reads %s", got)
	}
}

// TestViewOfADocumentIsOnRecord: who read a document, in which capacity, is in the log of the reader's authority and in the provider's,
// once a minute. The provider's own view is not, nor is one that was refused. Without the record there is no document.
func TestViewOfADocumentIsOnRecord(t *testing.T) {
	s := newEvidenceScene(t)
	us, kent, manager := bidsManagerOf(1), staffOf("Kent"), demo.MarketManager
	evidence := s.giveEvidence(us, 300)
	s.admitProvider(us)
	s.publishNeed(kent.commissioner)
	view := func(who demo.Persona, status int) {
		t.Helper()
		response, text := s.sendFile(who, http.MethodGet, s.documentPath(evidence), nil)
		if response.StatusCode != status || status != http.StatusOK && strings.Contains(text, "Synthetic") {
			t.Errorf("%s: %d, %q", who, response.StatusCode, text)
		}
	}
	countViews := func() int { return s.countRows("event WHERE act = 'evidence.view'") }
	view(us, http.StatusOK)
	for _, refused := range []demo.Persona{bidsManagerOf(2), staffOf("Surrey").commissioner, demo.Public, kent.auditor} {
		view(refused, http.StatusNotFound)
	}
	s.readNode(kent.commissioner, "Evidence", evidence, "status file { name path }")
	s.execAsAdmin("REVOKE INSERT ON dps.event FROM dps_commissioner")
	view(kent.commissioner, http.StatusInternalServerError)
	s.execAsAdmin("GRANT INSERT ON dps.event TO dps_commissioner")
	if n := countViews(); n != 0 {
		t.Errorf("%d views are on record before anybody had one", n)
	}
	minute := s.marketTime().UTC().Truncate(time.Minute)
	for range 3 {
		view(kent.commissioner, http.StatusOK)
	}
	if sameMinute := s.marketTime().UTC().Truncate(time.Minute).Equal(minute); sameMinute && countViews() != 2 {
		t.Errorf("%d events of a view", countViews())
	}
	before := countViews()
	view(anotherPerson(kent.commissioner, 2), http.StatusOK)
	view(manager, http.StatusOK)
	s.passTime(time.Minute)
	view(kent.commissioner, http.StatusOK)
	if n := countViews() - before; n != 6 {
		t.Errorf("%d more events of three views", n)
	}
	if n := s.countRows("event WHERE act = 'evidence.view' AND object_id = $1 AND changed = '{viewed}'",
		uuidOf(t, evidence)); n != countViews() {
		t.Errorf("%d of %d events name the evidence", n, countViews())
	}
	wanted := []string{
		kent.commissioner.Key + " commissioner", anotherPerson(kent.commissioner, 2).Key + " commissioner", manager.Key + " market_manager",
	}
	for _, c := range []struct {
		reader demo.Persona
		want   []string
	}{{us, wanted}, {kent.auditor, wanted[:2]}, {bidsManagerOf(2), nil}, {staffOf("Surrey").auditor, nil}} {
		var views []string
		for _, e := range s.readData(c.reader, `{ events(first: 100) { edges { node { act person capacity changed } } } }`,
			nil).At("events.edges").All() {
			if e.At("node.act").Text() == "evidence.view" {
				views = append(views, e.At("node.person").Text()+" "+e.At("node.capacity").Text())
			}
		}
		slices.Sort(views)
		want := slices.Sorted(slices.Values(c.want))
		if got := slices.Compact(views); !slices.Equal(got, want) {
			t.Errorf("%s finds the views of %v, want %v", c.reader, got, want)
		}
	}
}
