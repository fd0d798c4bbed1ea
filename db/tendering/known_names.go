package tendering

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// writesForAuthority are the capacities whose words about a need are the authority's. A provider's and a family's words are never compared
// with known names: the refusal would tell somebody who guesses a child's name that the guess is right.
var writesForAuthority = map[policy.Role]bool{
	policy.Commissioner: true, policy.Approver: true, policy.OpeningOfficer: true, policy.Evaluator: true, policy.Moderator: true,
	policy.SafeguardingLead: true, policy.ConsortiumOfficer: true,
}

// ActsWithNames are the acts about a need whose words can have names, each with the reason. The words of every other act are compared.
var ActsWithNames = map[policy.Act]string{
	"identity.record":   "the names themselves",
	"identity.read":     "no words",
	"appointment.make":  "the name of an officer",
	"interest.declare":  "kept encrypted; officers accountable for the award read it",
	"preference.enter":  "a family's words, kept encrypted",
	"preference.answer": "an answer to the family itself",
	"naming.decide":     "kept encrypted, and an answer to the family itself",
}

// fieldsWithNames are fields of other acts that can have names.
var fieldsWithNames = map[policy.Act][]string{
	"redaction.make":        {"words"},  // what is to be taken out
	"telephone_offer.enter": {"saidBy"}, // a person of the provider's
	"route.take":            {"seller.name"},
}

// requireNameless refuses the words of a change about a need that have a known name of its child. LockNeed does it for every act, so that
// no rule can go round it.
func requireNameless(ctx context.Context, t *engine.Tx, need uuid.UUID) error {
	if _, can := ActsWithNames[t.Act()]; can || !writesForAuthority[t.Actor().Role] {
		return nil
	}
	return CheckNameless(ctx, t, need, market.TextsOfInput(t.Input(), fieldsWithNames[t.Act()]...)...)
}

// CheckNameless refuses texts that have a known name of a need's child: texts that were stored before, where they become readable.
func CheckNameless(ctx context.Context, t *engine.Tx, need uuid.UUID, texts ...market.InputText) error {
	if len(texts) == 0 || !writesForAuthority[t.Actor().Role] {
		return nil
	}
	var protected []protectedNames
	if err := t.SelectRows(ctx, &protected, "SELECT $1::uuid AS id, k.of_need, k.protected FROM dps.known_names($1) k", need); err != nil {
		return err
	}
	names, err := revealNames(t.Keys(), protected)
	if err != nil {
		return err
	}
	return market.CheckNameless(names[need], texts...)
}

// protectedNames are the recorded identity of one need, which is known of another: of a copy, or of a sibling.
type protectedNames struct {
	Need      uuid.UUID `db:"id"`
	Of        uuid.UUID `db:"of_need"`
	Protected []byte    `db:"protected"`
}

// revealNames opens identities, to compare with them. Nobody sees them, so that it is no view of an identity.
func revealNames(keys *seal.Keyring, all []protectedNames) (map[uuid.UUID]market.KnownNames, error) {
	names := map[uuid.UUID]market.KnownNames{}
	for _, one := range all {
		plain, err := keys.Reveal(identityContext(one.Of), one.Protected)
		if err != nil {
			return nil, err
		}
		var identity market.Identity
		if err := json.Unmarshal(plain, &identity); err != nil {
			return nil, err
		}
		names[one.Need] = append(append(names[one.Need], identity.Name), identity.OtherNames...)
	}
	return names, nil
}

func identityContext(need uuid.UUID) string { return "identity:" + need.String() }
