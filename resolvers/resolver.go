// Package resolvers is the GraphQL side of the service: the handler, the gate, errors, batching, and one file a feature
// whose resolvers only pass on, once, to the database package.
package resolvers

import (
	"context"
	"slices"

	rules "github.com/southeasttogether/dps/market/evaluation"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// Resolver is what the resolvers of every feature stand on.
type Resolver struct {
	db     *db.DB
	policy *policy.Policy
}

// viewer says who is asking, as the service understood it.
func (r *Resolver) viewer(ctx context.Context) (*graph.Viewer, error) {
	a := actor(ctx)
	v := &graph.Viewer{Capacity: string(a.Role), Can: []string{}}
	if a.Person != "" {
		v.Person = &a.Person
	}
	for _, act := range policy.Acts() {
		if r.policy.Can(a.Role, act) {
			v.Can = append(v.Can, string(act))
		}
	}
	slices.Sort(v.Can)
	if a.Organisation == uuid.Nil {
		return v, nil
	}
	var err error
	if a.Role == policy.BidsManager {
		v.Provider, err = current(ctx).provider.Load(ctx, a.Organisation)
	} else {
		v.Organisation, err = current(ctx).organisation.Load(ctx, a.Organisation)
	}
	return v, err
}

// given answers a family: what it said has arrived, or why it was not taken. Nothing of it is read back.
func given(_ uuid.UUID, err error) (*graph.GivenPayload, error) {
	if problems := refusals(err); problems != nil {
		return &graph.GivenPayload{Problems: problems}, nil
	}
	return &graph.GivenPayload{Received: err == nil, Problems: []*market.Refusal{}}, err
}

// inviteFamily answers with the code, which is shown this once.
func (r *Resolver) inviteFamily(ctx context.Context, in rules.InviteFamilyInput) (*graph.InviteFamilyPayload, error) {
	id, code, err := evaluation.InviteFamily(ctx, r.db, actor(ctx), in)
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
	payload.Invitation, err = current(ctx).familyInvitation.Load(ctx, id)
	return payload, err
}

// settingsAsked are those to which an urgent need was broadcast; nil for any other need's invitation.
func (r *request) settingsAsked(ctx context.Context, i *market.Invitation) (all []*market.Setting, err error) {
	for _, text := range i.Settings {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, err
		}
		setting, err := r.setting.Load(ctx, id)
		if err != nil {
			return nil, err
		}
		if setting != nil {
			all = append(all, setting)
		}
	}
	return all, nil
}

// questionsFor are the questions that an invitation asks: none for a preference.
func (r *request) questionsFor(ctx context.Context, i *market.FamilyInvitation) ([]*market.Question, error) {
	if i.Kind != market.ForFeedback {
		return []*market.Question{}, nil
	}
	return r.questionsTo.Load(ctx, i.Respondent)
}
