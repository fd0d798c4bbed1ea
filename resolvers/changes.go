package resolvers

import (
	"context"

	rules "github.com/southeasttogether/dps/market/evaluation"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
)

// changed runs a change and reads its result again, with the current rights. A refusal becomes a problem.
func changed[In, Out any](ctx context.Context, d *db.DB, do func(context.Context, *db.DB, policy.Actor, In) (uuid.UUID, error), in In,
	result *levels.Loader[uuid.UUID, *Out],
) (*Out, []*market.Refusal, error) {
	id, err := do(ctx, d.Answering(levels.RequestOf(ctx).View), actor(ctx), in)
	if problems := refusals(err); problems != nil {
		return nil, problems, nil
	}
	if err != nil {
		return nil, nil, err
	}
	read, err := result.Load(ctx, id)
	return read, []*market.Refusal{}, err
}

// refusals are the problems of a payload: the refusals of a rule, and nothing else.
func refusals(err error) []*market.Refusal {
	return market.ProblemsOf(err)
}

// answerFamily tells a family that its words have arrived, or why they were not accepted. Nothing of them is read back.
func answerFamily(_ uuid.UUID, err error) (*graph.GivenPayload, error) {
	if problems := refusals(err); problems != nil {
		return &graph.GivenPayload{Problems: problems}, nil
	}
	return &graph.GivenPayload{Received: err == nil, Problems: []*market.Refusal{}}, err
}

// inviteFamily answers with the code, which is shown only this once.
func (r *Resolver) inviteFamily(ctx context.Context, in rules.InviteFamilyInput) (*graph.InviteFamilyPayload, error) {
	id, code, err := evaluation.InviteFamily(ctx, r.DB, actor(ctx), in)
	if problems := refusals(err); problems != nil {
		return &graph.InviteFamilyPayload{Problems: problems}, nil
	}
	if err != nil {
		return nil, err
	}
	payload := &graph.InviteFamilyPayload{Problems: []*market.Refusal{}}
	if code != "" {
		payload.Code = &code
	}
	payload.Invitation, err = familyInvitationByID.Load(ctx, id)
	return payload, err
}
