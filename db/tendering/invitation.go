package tendering

import (
	"context"
	"encoding/json"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var invitationTable = rowset.New[market.Invitation]("invitation", "i",
	rowset.Columns("need_id", "provider_id", "invited_at", "answer", "reason", "answered_at"),
	rowset.Computed("settings", "coalesce(to_json(i.settings), '[]')"),
	rowset.Parent("provider", "provider_id", directory.ProviderTable))

var invitationsOfNeeds = rowset.ListOf[uuid.UUID](invitationTable, "need_id", rowset.By("i.need_id", "i.provider_id")...)

// InvitationsOfNeeds reads which providers were invited, and what each answered apart from an offer.
func InvitationsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Invitation, error) {
	return invitationsOfNeeds.Read(ctx, v, needs)
}

// inviteAndPublish writes the invitations. PCR 2015 reg 34(21) and Procurement Act 2023 s 34: every admitted provider
// of the lot.
func inviteAndPublish(ctx context.Context, t *engine.Tx, n market.Need, in rules.PublishNeedInput, statedRules market.StatedRules) error {
	invited, err := t.Exec(ctx, `INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at)
		SELECT $1, m.provider_id, $2, m.lot_id, $4 FROM membership m WHERE m.lot_id = $3 AND
		CASE WHEN $5::uuid[] IS NULL THEN `+admission.CalledMemberSQL("$6")+` ELSE m.provider_id = ANY ($5) AND `+admission.ActiveMemberSQL+
		" END", n.ID, n.AuthorityID, n.LotID, n.AsOf, recipientIDs(in), in.Deadline)
	if err != nil {
		return err
	}
	if in.Recipients != nil && int(invited) < len(in.Recipients) {
		return market.RefuseField(market.NotAdmitted, "recipients", "Choose only active members of the lot.")
	}
	if invited == 0 {
		return market.Refuse(market.WrongState, "This lot has no active members to invite yet.")
	}
	stated, err := json.Marshal(statedRules)
	if err != nil {
		return err
	}
	return t.ExecAtLeastOne(ctx, `UPDATE need SET published_at = $2, deadline = $3, invited = $4, unique_reason = $5, questions_until = $6,
		recipients_reason = $7, rules = $8
		WHERE id = $1 AND published_at IS NULL`, n.ID, n.AsOf, in.Deadline, invited, in.UniqueReason, rules.QuestionsUntil(in, n.AsOf),
		in.RecipientsReason, string(stated))
}

// recipientIDs are the providers to invite; nil for every member.
func recipientIDs(in rules.PublishNeedInput) any {
	if in.Recipients == nil {
		return nil
	}
	all := make([]uuid.UUID, len(in.Recipients))
	for i, id := range in.Recipients {
		all[i] = id.UUID
	}
	return pq.Array(all)
}

var liveOffersOfProvider = liveOffersOfCall("$1::uuid", "provider_id = $2 OFFSET 0")

// AnswerInvitation records what the actor's provider says short of an offer, to each need of a joint call.
func AnswerInvitation(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AnswerInvitationInput) (uuid.UUID, error) {
	var facts rules.InvitationFacts
	return d.Decide(ctx, a, engine.Request{Act: "invitation.answer", Key: in.IdempotencyKey, Input: in}, engine.Decision{
		Locks: append([]engine.Lock{engine.ShareMembershipsOf(a.Organisation)}, engine.ShareCall(in.Need.UUID)...),
		Facts: []engine.Fact{
			engine.List(&facts.Call, callRows("$1::uuid"), in.Need.UUID),
			engine.List(&facts.Memberships, membershipsForCall, in.Need.UUID, a.Organisation),
			engine.List(&facts.Live, liveOffersOfProvider, in.Need.UUID, a.Organisation),
		},
		Decide: func() (engine.Outcome, error) {
			var out engine.Outcome
			needs, err := rules.AnswerInvitations(in, facts)
			if err != nil {
				return out, err
			}
			for _, n := range needs {
				out.Rows = append(out.Rows, engine.Write("UPDATE invitation SET answer = $3, reason = $4, answered_at = $5 "+
					"WHERE need_id = $1 AND provider_id = $2", n.ID, a.Organisation, in.Answer, in.Reason, n.AsOf))
				out.Events = append(out.Events, engine.AuthorityEvent(n.ID, n.AuthorityID, "answer"))
			}
			out.Answer = func(v *engine.View) { NeedTable.Keep(v, &needs[0]) }
			return out, nil
		},
	})
}
