// Package admission reads and changes markets, notices, lots, applications, evidence and memberships.
package admission

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/policy"
)

var (
	applicationTable = rowset.New[rules.Application]("application", "a",
		rowset.Columns("id", "authority_id", "lot_id", "provider_id", "statement", "submitted_at", "decide_by", "extended_at", "extension_reason",
			"withdrawn_at", "withdraw_reason"),
		rowset.Computed("decision", undecidedIfWithdrawn("decision")), rowset.Computed("reasons", undecidedIfWithdrawn("reasons")),
		rowset.Computed("decided_at", undecidedIfWithdrawn("decided_at")), rowset.Computed("decided_by", undecidedIfWithdrawn("decided_by")),
		rowset.Figure("course", `jsonb_build_object('capacity', substr(current_setting('role'), 5), 'decided', a.decision IS NOT NULL,
			'decideBy', a.decide_by, 'authority', (SELECT o.name FROM organisation o WHERE o.id = a.authority_id),
			'provider', (SELECT p.name FROM provider p WHERE p.id = a.provider_id),
			'questionBy', (SELECT q.answer_by FROM application_question q WHERE q.application_id = a.id AND q.answered_at IS NULL),
			'appealBy', (SELECT p.decide_by FROM application_appeal p WHERE p.application_id = a.id AND p.decided_at IS NULL))`, "nextActs"),
		rowset.Parent("lot", "lot_id", LotTable),
		rowset.Parent("provider", "provider_id", directory.ProviderTable))
	applicationRows = applicationTable.Rows()
)

// undecidedIfWithdrawn is a column of a decision. An application that was withdrawn is closed, and nobody has decided it.
func undecidedIfWithdrawn(column string) string {
	return "CASE WHEN a.withdrawn_at IS NULL THEN a." + column + " END"
}

var applicationList = rowset.Pages[rules.Application]{
	Table: applicationTable, Name: "applications", Order: []string{"submitted_at", "id"},
	Desc: true,
}

// Applications is a page of the applications that the actor can see, newest first.
func Applications(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[rules.Application], error) {
	return applicationList.Page(ctx, v, p)
}

// ApplicationsByID reads applications.
func ApplicationsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*rules.Application, error) {
	if !v.Can("application.read") {
		return nil, nil
	}
	return applicationTable.ByID(ctx, v, ids)
}

// SubmitApplication applies to a lot for the actor's provider. Only one application to a lot can be open.
func SubmitApplication(ctx context.Context, d *engine.DB, a policy.Actor, in rules.SubmitApplicationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "application.submit", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			if err := directory.RequireProvider(ctx, t); err != nil {
				return engine.Event{}, err
			}
			terms, err := LotTerms(ctx, t, in.Lot.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			live, err := LiveMembership(ctx, t, in.Lot.UUID, a.Organisation)
			if err != nil {
				return engine.Event{}, err
			}
			now, err := engine.MarketNow(ctx, t)
			if err != nil {
				return engine.Event{}, err
			}
			made, err := rules.SubmitApplication(in, terms.Lot, terms.Market, live, now)
			if err != nil {
				return engine.Event{}, err
			}
			_, err = t.Exec(ctx, `INSERT INTO application (id, authority_id, lot_id, provider_id, statement, declared, submitted_at, submitted_by,
			decide_by)
			VALUES ($1, $2, $3, $4, $5, true, $6, $7, $8)`, made.ID, made.AuthorityID, made.LotID, a.Organisation, made.Statement, made.SubmittedAt,
				a.Person, made.DecideBy)
			return engine.AuthorityEvent(made.ID, made.AuthorityID, "created"), err
		})
}

// DecideApplication admits or refuses a provider. Admission makes it a member of the lot at once.
func DecideApplication(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DecideApplicationInput) (uuid.UUID, error) {
	return changeApplication(ctx, d, a, engine.Request{Act: "application.decide", Key: in.IdempotencyKey, Input: in}, in.Application.UUID,
		func(t *engine.Tx, r applicationFacts) ([]string, error) {
			if err := rules.DecideApplication(r.Application, r.questions, in, r.now); err != nil {
				return nil, err
			}
			if in.Decision == rules.ApplicationAdmitted {
				if err := requireEssentialEvidence(ctx, t, r.LotID, r.ProviderID); err != nil {
					return nil, err
				}
			}
			return []string{"decision", "reasons"}, recordDecision(ctx, t, r.Application, in, a.Person)
		})
}

func recordDecision(ctx context.Context, t *engine.Tx, was rules.Application, in rules.DecideApplicationInput, person string) error {
	n, err := t.Exec(ctx, `UPDATE application SET decision = $2, reasons = $3, decided_at = dps.now(), decided_by = $4 WHERE id = $1
		AND decision IS NULL`,
		was.ID, in.Decision, in.Reasons, person)
	if err == nil && n == 0 {
		return market.ErrApplicationDecided
	}
	if err != nil || in.Decision != rules.ApplicationAdmitted {
		return err
	}
	return admitMember(ctx, t, was, in.Reasons)
}

// WithdrawApplication withdraws an application of the actor's provider.
func WithdrawApplication(ctx context.Context, d *engine.DB, a policy.Actor, in rules.WithdrawApplicationInput) (uuid.UUID, error) {
	return changeApplication(ctx, d, a, engine.Request{Act: "application.withdraw", Key: in.IdempotencyKey, Input: in}, in.Application.UUID,
		func(t *engine.Tx, r applicationFacts) ([]string, error) {
			if err := rules.WithdrawApplication(r.Application, in); err != nil {
				return nil, err
			}
			return []string{"withdrawn_at"}, t.ExecAtLeastOne(ctx, "UPDATE application SET "+withdrawnColumns+" WHERE id = $1 AND decision IS NULL",
				r.ID, r.now, a.Person, in.Reason)
		})
}

// withdrawnColumns close an application without a decision: whatever waits for one does not wait any more.
const withdrawnColumns = `decision = 'WITHDRAWN', withdrawn_at = $2, decided_at = $2, withdrawn_by = $3, decided_by = $3,
	withdraw_reason = $4, reasons = $4`
