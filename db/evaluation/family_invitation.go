package evaluation

import (
	"context"
	"errors"

	rules "github.com/southeasttogether/dps/market/evaluation"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

var (
	// FamilyInvitationTable is how invitations of families are read; the code is not in it.
	FamilyInvitationTable = rowset.New[market.FamilyInvitation]("family_invitation", "f",
		rowset.Columns("id", "kind", "respondent", "authority_id", "need_id", "placement_id", "invited_at", "expires_at", "used_at",
			"replaced_at", "route"),
		rowset.Computed("as_of", "(SELECT dps.now())"))
	// FamilyInvitationRows selects these rows; a condition follows.
	FamilyInvitationRows = FamilyInvitationTable.Rows()
)

// MyInvitation is the invitation whose code the caller showed; nil if there is none.
func MyInvitation(ctx context.Context, v *engine.View) (*market.FamilyInvitation, error) {
	var found []*market.FamilyInvitation
	if err := v.All(ctx, &found, FamilyInvitationRows+" WHERE f.code_hash = (SELECT dps.code_hash())"); err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// FamilyInvitationsByID reads invitations of families.
func FamilyInvitationsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.FamilyInvitation, error) {
	return FamilyInvitationTable.ByID(ctx, v, ids)
}

// Questions reads what a kind of respondent is asked, in order.
func Questions(ctx context.Context, v *engine.View, of []market.Respondent) (map[market.Respondent][]*market.Question, error) {
	var found []*market.Question
	err := v.All(ctx, &found, "SELECT respondent, code, words FROM question WHERE respondent = ANY ($1) ORDER BY position", pq.Array(of))
	all := map[market.Respondent][]*market.Question{}
	for _, respondent := range of {
		all[respondent] = []*market.Question{}
	}
	for _, q := range found {
		all[q.Respondent] = append(all[q.Respondent], q)
	}
	return all, err
}

// InviteFamily makes a one-time invitation. The code is returned once and not stored: on a retry it is "".
func InviteFamily(ctx context.Context, d *engine.DB, a policy.Actor, in rules.InviteFamilyInput) (id uuid.UUID, code string, err error) {
	var made uuid.UUID
	id, err = d.Change(ctx, a, engine.Request{Act: "family_invitation.send", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			need, err := tendering.LockNeed(ctx, t, in.Need.UUID, true)
			if err != nil {
				return engine.Event{}, err
			}
			answered, err := readAnsweredTerm(ctx, t, need.ID, in.Respondent)
			if err != nil {
				return engine.Event{}, err
			}
			i, err := rules.InviteFamily(in, need, answered, need.AsOf)
			if err != nil {
				return engine.Event{}, err
			}
			fresh, hash := seal.NewCode()
			made, code = i.ID, fresh
			return engine.AuthorityEvent(i.ID, need.AuthorityID, "created"), insertFamilyInvitation(ctx, t, i, need, hash, a.Person)
		})
	if err != nil || id != made {
		return id, "", err
	}
	return id, code, nil
}

// readAnsweredTerm is the last term in which a kind of respondent said how the child of a need is, at any placement; nil if no one has.
func readAnsweredTerm(ctx context.Context, t *engine.Tx, need uuid.UUID, of market.Respondent) (*market.Date, error) {
	var last *market.Date
	return last, t.Get(ctx, &last, `SELECT max(f.answered_term) FROM family_invitation f
		WHERE f.respondent = $2 AND f.child_id = (SELECT coalesce(n.copy_of, n.id) FROM need n WHERE n.id = $1)`, need, of)
}

// insertFamilyInvitation stores with an invitation to feedback which placement and setting it is about, because the
// family cannot look them up.
func insertFamilyInvitation(ctx context.Context, t *engine.Tx, i market.FamilyInvitation, n market.Need, hash []byte, person string) error {
	var subject struct {
		Provider *uuid.UUID `db:"provider_id"`
		Setting  *uuid.UUID `db:"setting_id"`
		Started  bool       `db:"started"`
	}
	if i.PlacementID != nil {
		if err := t.Get(ctx, &subject, `SELECT provider_id, setting_id, started_at IS NOT NULL AS started FROM placement
			WHERE id = $1 AND need_id = $2`, i.PlacementID, n.ID); err != nil {
			return engine.AbsentIfNoRows(err, "placement")
		}
		if !subject.Started {
			return rules.ErrNotStartedYet
		}
	}
	return t.ExecAtLeastOne(ctx, `INSERT INTO family_invitation (id, code_hash, kind, respondent, authority_id, need_id, placement_id,
		provider_id, setting_id,
			market_id, invited_by, invited_at, expires_at, route)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, l.market_id, $10, $11, $12, (SELECT a.route FROM award a WHERE a.need_id = $6
		AND a.accepted_at IS NOT NULL AND a.cancelled_at IS NULL LIMIT 1)
		FROM lot l WHERE l.id = $13`, i.ID, hash, i.Kind, i.Respondent, n.AuthorityID,
		n.ID, i.PlacementID, subject.Provider, subject.Setting, person, i.InvitedAt, i.ExpiresAt, n.LotID)
}

// ShownInvitation reads the invitation whose code was shown, under its lock.
func ShownInvitation(into **market.FamilyInvitation) engine.Fact {
	return engine.Optional(into, FamilyInvitationRows+" WHERE f.code_hash = (SELECT dps.code_hash())"+engine.LockFamilyInvitation)
}

// GivenAlready says that the invitation whose code was shown was used for this: whoever shows it again did not learn that what they said
// has
// arrived. It is received, and what arrived first stays: nothing is stored twice, and nothing is compared, because a comparison would let
// somebody with the code find out what was said.
func GivenAlready(i *market.FamilyInvitation, kind market.FamilyInvitationKind) bool {
	return i != nil && i.Kind == kind && i.Used()
}

// ReceivedBefore is the answer for what was given already: received.
func ReceivedBefore(id uuid.UUID, err error) (uuid.UUID, error) {
	if errors.Is(err, engine.ErrAlreadyDone) {
		return uuid.Nil, nil
	}
	return id, err
}

// SpendInvitation uses up the invitation whose code was shown: of several at once, one succeeds.
func SpendInvitation(i *market.FamilyInvitation, kind market.FamilyInvitationKind) (engine.Row, error) {
	if i == nil {
		return engine.Row{}, market.Absent("invitation")
	}
	return engine.Write("UPDATE family_invitation SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND replaced_at IS NULL", i.ID, i.AsOf),
		rules.RequireUsableInvitation(*i, kind, i.AsOf)
}
