package record_test

import (
	"path"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/db/region"
	"github.com/southeasttogether/dps/market"
	admissionrules "github.com/southeasttogether/dps/market/admission"
	evaluationrules "github.com/southeasttogether/dps/market/evaluation"
	rules "github.com/southeasttogether/dps/market/record"
	"github.com/southeasttogether/dps/policy"
)

const day = 24 * time.Hour

// TestWhatIsNeededNoLongerIsRemoved: each kind goes when its time is over and not before, on record; what was used, and a head a month,
// stays; and the log stays whole, for who kept its heads elsewhere too.
func TestWhatIsNeededNoLongerIsRemoved(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	var heads []ledger.Head
	for range 4 {
		f.DraftNeed(f.Kent)
		f.RunWorker()
		heads = append(heads, verifiedLog(f).Heads...)
	}
	uploadDocument(f)
	inviteFamily(f)
	left := func() [4]int {
		return [4]int{
			f.CountRows("idempotency WHERE act = 'need.create'"), f.CountRows("event_head h WHERE h.signed_at < dps.now() - interval '300 days'"),
			f.CountRows("family_invitation"), f.CountRows("evidence_file WHERE removed_at IS NULL"),
		}
	}
	before := left()
	f.Advance(t, 80*day)
	f.RunWorker()
	if got := left(); got != before {
		t.Errorf("in time: %v, was %v", got, before)
	}
	f.Advance(t, 320*day)
	before = left()
	f.Advance(t, 30*day)
	f.RunWorker()
	if got := left(); got[0] != 0 || got[1] >= before[1] || got[2] != 0 || got[3] != before[3] {
		t.Errorf("after 430 days: %v, was %v", got, before)
	}
	var twice int
	f.QueryValue(&twice, `SELECT count(*) FROM (SELECT FROM dps.event_head WHERE signed_at < dps.kept_since('HEAD')
		GROUP BY chain_id, date_trunc('month', signed_at, 'Europe/London') HAVING count(*) > 1) AS twice`)
	if twice != 0 {
		t.Errorf("%d chains have more than one head of an old month", twice)
	}
	f.Advance(t, 8*365*day)
	f.RunWorker()
	if got := left(); got[3] != 0 || f.CountRows("evidence_file WHERE sha256 = '' OR content <> '' OR name <> 'removed'") != 0 {
		t.Errorf("after nine years: %v", got)
	}
	for _, act := range []string{"idempotency.remove", "event.thin", "family_invitation.remove", "evidence.remove"} {
		if f.CountRows("event WHERE act = $1 AND capacity = 'worker'", act) == 0 {
			t.Errorf("%s is not on record", act)
		}
	}
	if got := verifiedLog(f, heads...); got.Faults != nil {
		t.Errorf("the log: %v", got.Faults)
	}
}

// TestNothingIsRemovedBeforeItsTime: neither the worker's rights nor the tables let it.
func TestNothingIsRemovedBeforeItsTime(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	f.DraftNeed(f.Kent)
	f.RunWorker()
	f.DraftNeed(f.Kent)
	f.RunWorker()
	uploadDocument(f)
	for statement, role := range map[string]string{
		"DELETE FROM dps.event_head":                                                          "dps_owner",
		"UPDATE dps.event_head SET signed_at = dps.now()":                                     "dps_owner",
		"DELETE FROM dps.evidence_file":                                                       "dps_owner",
		"UPDATE dps.evidence_file SET content = '', name = 'removed', removed_at = dps.now()": "dps_owner",
	} {
		if _, err := f.Admin.Exec("SET ROLE " + role + "; " + statement); err == nil {
			t.Errorf("%s did: %s", role, statement)
		}
		f.ExecSQL("RESET ROLE")
	}
	f.Advance(t, 10*365*day)
	for _, statement := range []string{
		"DELETE FROM dps.event_head WHERE (chain_id, position) IN (SELECT chain_id, max(position) FROM dps.event_head GROUP BY 1)",
		"UPDATE dps.evidence_file SET content = '', name = 'removed', removed_at = dps.now(), sha256 = 'another'",
		"UPDATE dps.evidence_file SET name = 'another'",
	} {
		if _, err := f.Admin.Exec(statement); err == nil {
			t.Errorf("done: %s", statement)
		}
	}
}

// TestRetentionIsSet: within its bounds, with a reason, on record.
func TestRetentionIsSet(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	o := region.Operator{AdminURL: f.AdminURL, Person: "synthetic.operator"}
	for days, reason := range map[int]string{6: "Synthetic: too few", 36501: "Synthetic: too many", 30: " "} {
		if err := record.SetRetention(t.Context(), o, rules.RetentionRetry, days, reason); err == nil {
			t.Errorf("%d days for %q", days, reason)
		}
	}
	dbtest.RequireNoError(t, record.SetRetention(t.Context(), o, rules.RetentionRetry, 30, "Synthetic: it is enough"))
	all, err := record.ReadRetention(t.Context(), o)
	dbtest.RequireNoError(t, err)
	want := rules.Retention{Kind: rules.RetentionRetry, Days: 30, LeastDays: 7, Reason: "Synthetic: it is enough"}
	if len(all) != 4 || all[3] != want || f.CountRows("event WHERE act = 'retention.set' AND 'RETRY' = ANY (changed)") != 1 {
		t.Errorf("%+v", all)
	}
}

// verifiedLog seals what is not sealed yet and checks the log.
func verifiedLog(f *dbtest.Fixture, kept ...ledger.Head) ledger.Report {
	f.T.Helper()
	f.RunWorker()
	got, err := ledger.VerifyLog(f.T.Context(), f.AdminURL, f.Keyring.PublicKeys(), kept...)
	dbtest.RequireNoError(f.T, err)
	return got
}

func inviteFamily(f *dbtest.Fixture) {
	f.T.Helper()
	_, _, err := evaluation.InviteFamily(f.T.Context(), f.API, dbtest.ActorAs(policy.Commissioner, f.Kent), evaluationrules.InviteFamilyInput{
		IdempotencyKey: dbtest.NewKey(), Kind: market.ForPreference, Respondent: market.RespondentParent, Need: dbtest.IDOf(f.DraftNeed(f.Kent)),
	})
	dbtest.RequireNoError(f.T, err)
}

// uploadDocument uploads the document of a piece of evidence of the first provider.
func uploadDocument(f *dbtest.Fixture) {
	f.T.Helper()
	evidence := f.RequireDone(admission.RecordEvidence(f.T.Context(), f.API, f.BidderActor(0), admissionrules.RecordEvidenceInput{
		IdempotencyKey: dbtest.NewKey(), Kind: "EMPLOYERS_LIABILITY", Reference: "Synthetic",
		ValidFrom: f.DayFromNow(0), ValidUntil: f.DayFromNow(300),
	}))
	link, err := admission.UploadEvidence(f.T.Context(), f.API, f.BidderActor(0),
		admissionrules.UploadEvidenceInput{Evidence: dbtest.IDOf(evidence), Name: "synthetic.pdf"})
	dbtest.RequireNoError(f.T, err)
	upload, err := admission.CheckUpload(f.T.Context(), f.API, f.BidderActor(0), path.Base(link.Path))
	dbtest.RequireNoError(f.T, err)
	dbtest.RequireNoError(f.T, admission.StoreDocument(f.T.Context(), f.API, f.BidderActor(0), upload,
		[]byte("%PDF-1.7\nSynthetic\n%%EOF\n")))
}
