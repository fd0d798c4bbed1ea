package admission

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	rules "github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/policy"
)

// renewalRows treat a request as renewed when the provider gave complete evidence after it that is not rejected.
var (
	renewalTable = rowset.New[rules.Renewal]("renewal", "r",
		rowset.Columns("id", "provider_id", "reason", "asked_at", "answer_by"),
		evidenceKindColumns,
		rowset.Computed("renewed_at", `(SELECT min(e.recorded_at) FROM evidence e WHERE e.provider_id = r.provider_id AND e.kind = r.kind AND
			e.recorded_at >= r.asked_at
		AND e.rejected_at IS NULL AND `+EvidenceCompleteSQL("e")+")"),
		rowset.Join("JOIN evidence_kind k ON k.code = r.kind"))
	renewalRows = renewalTable.Rows()
)

var renewalsOfProviders = rowset.ListOf[uuid.UUID](renewalTable, "provider_id", rowset.By("r.asked_at DESC", "r.id")...)

// RenewalsOfProviders reads what each provider was asked to renew, as far as the actor can see it, latest first.
func RenewalsOfProviders(ctx context.Context, v *engine.View, providers []uuid.UUID) (map[uuid.UUID][]*rules.Renewal, error) {
	return renewalsOfProviders.Read(ctx, v, providers)
}

// AskForRenewal asks a member of a lot of the actor's authority to renew evidence.
func AskForRenewal(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AskForRenewalInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "renewal.ask", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		s, err := lockMembershipFacts(ctx, t, in.Membership.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		kind, err := readEvidenceKind(ctx, t, in.Kind)
		if err != nil {
			return engine.Event{}, err
		}
		var earlier []rules.Renewal
		if err := t.SelectRows(ctx, &earlier, renewalRows+" WHERE r.provider_id = $1", s.ProviderID); err != nil {
			return engine.Event{}, err
		}
		r, err := rules.AskForRenewal(s.Membership, earlier, kind, in, s.terms, s.now)
		if err != nil {
			return engine.Event{}, err
		}
		_, err = t.Exec(ctx, `INSERT INTO renewal (id, authority_id, provider_id, kind, reason, asked_at, asked_by, answer_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			r.ID, s.authorityID, r.ProviderID, kind.Code, r.Reason, r.AskedAt, a.Person, r.AnswerBy)
		return engine.AuthorityEvent(s.ID, s.authorityID, "renewal"), err
	})
}
