package evaluation

import (
	"context"

	rules "github.com/southeasttogether/dps/market/evaluation"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

var preferenceTable = rowset.New[preferenceRow]("preference", "p",
	rowset.Columns("id", "need_id", "respondent", "setting_id", "words", "entered_for", "given_at", "effect", "effect_at", "invitation_id"),
	rowset.Parent("setting", "setting_id", directory.SettingTable))

type preferenceRow struct {
	market.Preference
	Sealed     []byte     `db:"words"`
	Invitation *uuid.UUID `db:"invitation_id"`
}

func preferenceContext(id uuid.UUID) string { return "preference:" + id.String() }

func revealPreferences(v *engine.View, rows []*preferenceRow) error {
	for _, row := range rows {
		plain, err := v.Keys().Reveal(preferenceContext(row.ID), row.Sealed)
		if err != nil {
			return err
		}
		row.Words = string(plain)
	}
	return nil
}

var preferencesOfNeeds = rowset.ListOf[uuid.UUID](preferenceTable, "need_id", rowset.By("p.given_at", "p.id")...)

// PreferencesOfNeeds reads each family's preferences, and what was done about them.
func PreferencesOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Preference, error) {
	found, err := preferencesOfNeeds.Read(ctx, v, needs)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID][]*market.Preference{}
	for need, rows := range found {
		if err := revealPreferences(v, rows); err != nil {
			return nil, err
		}
		for _, row := range rows {
			all[need] = append(all[need], &row.Preference)
		}
	}
	return all, nil
}

var preferencesOfInvitations = rowset.ListOf[uuid.UUID](preferenceTable, "invitation_id")

// PreferencesOfInvitations reads what was given with each invitation.
func PreferencesOfInvitations(ctx context.Context, v *engine.View, invitations []uuid.UUID) (map[uuid.UUID]*market.Preference, error) {
	found, err := preferencesOfInvitations.One(ctx, v, invitations)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*market.Preference{}
	for invitation, row := range found {
		if err := revealPreferences(v, []*preferenceRow{row}); err != nil {
			return nil, err
		}
		all[invitation] = &row.Preference
	}
	return all, nil
}

// PreferencesByID reads preferences.
func PreferencesByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Preference, error) {
	found, err := preferenceTable.ByID(ctx, v, ids)
	all := map[uuid.UUID]*market.Preference{}
	for id, row := range found {
		if err := revealPreferences(v, []*preferenceRow{row}); err != nil {
			return nil, err
		}
		all[id] = &row.Preference
	}
	return all, err
}

// EnterPreference records what a family said by telephone or through an advocate.
func EnterPreference(ctx context.Context, d *engine.DB, a policy.Actor, in rules.EnterPreferenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "preference.enter", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			need, err := tendering.LockNeed(ctx, t, in.Need.UUID, true)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.CheckPreference(in.Words); err != nil {
				return engine.Event{}, err
			}
			p := market.Preference{ID: uuid.New(), NeedID: need.ID, Respondent: in.Respondent, Words: in.Words, EnteredFor: true, GivenAt: need.AsOf}
			if p.SettingID, err = requireNamedSetting(ctx, t, in.Setting); err != nil {
				return engine.Event{}, err
			}
			return engine.AuthorityEvent(p.ID, need.AuthorityID, "words"), insertPreference(ctx, t, need.AuthorityID, p)
		})
}

// GivePreference records a preference that a family wrote, and uses its invitation.
func GivePreference(ctx context.Context, d *engine.DB, a policy.Actor, in rules.GivePreferenceInput) (uuid.UUID, error) {
	var invitation *market.FamilyInvitation
	var setting *uuid.UUID
	facts := []engine.Fact{ShownInvitation(&invitation)}
	if in.Setting != nil {
		facts = append(facts, engine.Optional(&setting, "SELECT id FROM setting WHERE id = $1", in.Setting.UUID))
	}
	return ReceivedBefore(d.Decide(ctx, a, engine.Request{Act: "preference.give", Keyless: true}, engine.Decision{
		Facts: facts,
		Decide: func() (engine.Outcome, error) {
			if GivenAlready(invitation, market.ForPreference) {
				return engine.Outcome{}, engine.ErrAlreadyDone
			}
			if err := rules.CheckPreference(in.Words); err != nil {
				return engine.Outcome{}, err
			}
			spent, err := SpendInvitation(invitation, market.ForPreference)
			if err != nil {
				return engine.Outcome{}, err
			}
			if in.Setting != nil && setting == nil {
				return engine.Outcome{}, market.Absent("setting")
			}
			p := market.Preference{
				ID: uuid.New(), NeedID: invitation.NeedID, Respondent: invitation.Respondent, SettingID: setting, Words: in.Words,
				GivenAt: invitation.AsOf,
			}
			given, err := insertedPreference(d.Keys(), invitation.AuthorityID, p, &invitation.ID)
			used := engine.AuthorityEvent(p.ID, invitation.AuthorityID, "words")
			return engine.Outcome{Rows: []engine.Row{given, spent}, Events: []engine.Event{used}}, err
		},
	}))
}

func requireNamedSetting(ctx context.Context, t *engine.Tx, id *market.ID) (*uuid.UUID, error) {
	if id == nil {
		return nil, nil
	}
	return &id.UUID, t.RequireExists(ctx, "setting", "SELECT FROM setting WHERE id = $1", id.UUID)
}

func insertPreference(ctx context.Context, t *engine.Tx, authority uuid.UUID, p market.Preference) error {
	row, err := insertedPreference(t.Keys(), authority, p, nil)
	if err != nil {
		return err
	}
	return t.Write(ctx, row)
}

// insertedPreference is the row of a preference. invitation is the one that it was given with; nil if somebody entered it.
func insertedPreference(keys *seal.Keyring, authority uuid.UUID, p market.Preference, invitation *uuid.UUID) (engine.Row, error) {
	words, err := keys.Protect(preferenceContext(p.ID), []byte(p.Words))
	return engine.Write(`INSERT INTO preference (id, need_id, authority_id, respondent, setting_id, words, entered_for, given_at,
		invitation_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, p.ID, p.NeedID, authority, p.Respondent, p.SettingID, words, p.EnteredFor,
		p.GivenAt, invitation).Apart(), err
}

// AnswerPreference records what was done about a preference.
func AnswerPreference(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AnswerPreferenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "preference.answer", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			if err := rules.AnswerPreference(in); err != nil {
				return engine.Event{}, err
			}
			id := in.Preference.UUID
			var authority uuid.UUID
			if err := t.Get(ctx, &authority, "SELECT authority_id FROM preference WHERE id = $1", id); err != nil {
				return engine.Event{}, engine.AbsentIfNoRows(err, "preference")
			}
			err := t.ExecAtLeastOne(ctx, "UPDATE preference SET effect = $2, effect_by = $3, effect_at = dps.now() WHERE id = $1",
				id, in.Effect, a.Person)
			return engine.AuthorityEvent(id, authority, "effect"), err
		})
}
