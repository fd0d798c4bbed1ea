package partnership

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/partnership"
	"github.com/southeasttogether/dps/policy"
)

var partnershipStepTable = rowset.New[rules.PartnershipStep]("partnership_step", "s",
	rowset.Columns("organisation_id", "kind", "on_day", "consortium_id", "words", "at"))

var historyOfOrganisations = rowset.ListOf[uuid.UUID](partnershipStepTable, "organisation_id", rowset.By("s.number")...)

// HistoryOfOrganisations reads how each organisation joined, moved and left, first to last.
func HistoryOfOrganisations(ctx context.Context, v *engine.View, organisations []uuid.UUID) (map[uuid.UUID][]*rules.PartnershipStep,
	error,
) {
	return historyOfOrganisations.Read(ctx, v, organisations)
}

// AdmitPartner admits an organisation to the region.
func AdmitPartner(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AdmitPartnerInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "partnership.admit", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) { return AdmitPartnerIn(ctx, t, uuid.New(), in) })
}

// AdmitPartnerIn admits an organisation, under an id, in a transaction that has begun.
func AdmitPartnerIn(ctx context.Context, t *engine.Tx, id uuid.UUID, in rules.AdmitPartnerInput) (engine.Event, error) {
	consortium, err := readConsortium(ctx, t, in.Consortium)
	if err != nil {
		return engine.Event{}, err
	}
	now, err := engine.MarketNow(ctx, t)
	if err != nil {
		return engine.Event{}, err
	}
	before, succeeded, err := lockFormer(ctx, t, in)
	if err != nil {
		return engine.Event{}, err
	}
	write := insertOrganisation
	if before != nil {
		if err := rules.AdmitAgain(*before, succeeded, now); err != nil {
			return engine.Event{}, err
		}
		id, write = before.ID, admitAgain
	}
	o, step, err := rules.AdmitPartner(id, in, consortium, now)
	if err != nil {
		return engine.Event{}, err
	}
	if err := write(ctx, t, o); err != nil {
		return engine.Event{}, err
	}
	return engine.AuthorityEvent(o.ID, o.ID, "joined_on"), addPartnershipStep(ctx, t, step)
}

// lockFormer locks and reads the organisation that the one that joins was before: the authority of the same code, or a consortium of the
// same name, whose last day is recorded; nil for one that is new. It also says whether others succeed it.
func lockFormer(ctx context.Context, t *engine.Tx, in rules.AdmitPartnerInput) (o *market.Organisation, succeeded bool, err error) {
	var found []uuid.UUID
	if err := t.SelectRows(ctx, &found, `SELECT id FROM organisation WHERE left_on IS NOT NULL
		AND (dfe_code = $1 OR $1::text IS NULL AND dfe_code IS NULL AND name = $2) ORDER BY left_on DESC LIMIT 1`, in.DfeCode,
		in.Name); err != nil || len(found) == 0 {
		return nil, false, err
	}
	locked, err := lockChangeable(ctx, t, found[0])
	if err != nil {
		return nil, false, err
	}
	return &locked, succeeded, t.Get(ctx, &succeeded, "SELECT EXISTS (SELECT FROM succession WHERE authority_id = $1)", locked.ID)
}

// admitAgain writes what an organisation is that comes back. The database ends what it delegated and where its people were appointed.
func admitAgain(ctx context.Context, t *engine.Tx, o market.Organisation) error {
	return t.ExecAtLeastOne(ctx, `UPDATE organisation SET kind = $2, name = $3, consortium_id = $4, joined_on = $5, left_on = NULL
		WHERE id = $1`, o.ID, o.Kind, o.Name, o.ConsortiumID, engine.DayOrNull(o.JoinedOn))
}

// FoundOrganisationIn makes an organisation that is in the region from its beginning.
func FoundOrganisationIn(ctx context.Context, t *engine.Tx, o market.Organisation) (engine.Event, error) {
	var consortium *market.ID
	if o.ConsortiumID != nil {
		consortium = &market.ID{UUID: *o.ConsortiumID}
	}
	belongsTo, err := readConsortium(ctx, t, consortium)
	if err != nil {
		return engine.Event{}, err
	}
	if err := rules.FoundOrganisation(o, belongsTo); err != nil {
		return engine.Event{}, err
	}
	return engine.AuthorityEvent(o.ID, o.ID, "founded"), insertOrganisation(ctx, t, o)
}

func insertOrganisation(ctx context.Context, t *engine.Tx, o market.Organisation) error {
	_, err := t.Exec(ctx, "INSERT INTO organisation (id, kind, name, dfe_code, lead, consortium_id, joined_on) VALUES ($1, $2, $3, $4, "+
		"$5, $6, $7)", o.ID, o.Kind, o.Name, o.DfeCode, o.Lead, o.ConsortiumID, engine.DayOrNull(o.JoinedOn))
	return err
}

// EndPartnership records an organisation's last day in the region.
func EndPartnership(ctx context.Context, d *engine.DB, a policy.Actor, in rules.EndPartnershipInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "partnership.end", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) { return EndPartnershipIn(ctx, t, in) })
}

// EndPartnershipIn records an organisation's last day in a transaction that has begun.
func EndPartnershipIn(ctx context.Context, t *engine.Tx, in rules.EndPartnershipInput) (engine.Event, error) {
	o, err := lockChangeable(ctx, t, in.Organisation.UUID)
	if err != nil {
		return engine.Event{}, err
	}
	var boroughs int
	if err := t.Get(ctx, &boroughs, "SELECT count(*) FROM organisation WHERE consortium_id = $1 AND left_on IS NULL", o.ID); err != nil {
		return engine.Event{}, err
	}
	step, err := rules.EndPartnership(o, boroughs, in)
	if err != nil {
		return engine.Event{}, err
	}
	if err := t.ExecAtLeastOne(ctx, "UPDATE organisation SET left_on = $2 WHERE id = $1", o.ID, in.LastDay.Time); err != nil {
		return engine.Event{}, err
	}
	return engine.AuthorityEvent(o.ID, o.ID, "left_on"), addPartnershipStep(ctx, t, step)
}

// lockChangeable locks an organisation and reads it, or refuses as absent what the actor cannot change.
func lockChangeable(ctx context.Context, t *engine.Tx, id uuid.UUID) (market.Organisation, error) {
	o, err := directory.LockOrganisation(ctx, t, id)
	if err != nil {
		return o, err
	}
	var own uuid.UUID
	err = t.Get(ctx, &own, "SELECT id FROM organisation WHERE id = $1"+engine.LockOrganisationRow, id)
	return o, engine.AbsentIfNoRows(err, "organisation")
}

// CorrectLastDay corrects an organisation's last day in the region, or takes it back.
func CorrectLastDay(ctx context.Context, d *engine.DB, a policy.Actor, in rules.CorrectLastDayInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "partnership.end", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			o, err := lockChangeable(ctx, t, in.Organisation.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			var succeeded bool
			if err := t.Get(ctx, &succeeded, "SELECT EXISTS (SELECT FROM succession WHERE authority_id = $1)", o.ID); err != nil {
				return engine.Event{}, err
			}
			step, err := rules.CorrectLastDay(o, succeeded, in)
			if err != nil {
				return engine.Event{}, err
			}
			if err := t.ExecAtLeastOne(ctx, "UPDATE organisation SET left_on = $2 WHERE id = $1", o.ID,
				engine.DayOrNull(in.LastDay)); err != nil {
				return engine.Event{}, err
			}
			return engine.AuthorityEvent(o.ID, o.ID, "left_on"), addPartnershipStep(ctx, t, step)
		})
}

// MoveBorough moves an authority into a consortium or out of it; the database withdraws what it has delegated.
func MoveBorough(ctx context.Context, d *engine.DB, a policy.Actor, in rules.MoveBoroughInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "partnership.move", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) { return MoveBoroughIn(ctx, t, in) })
}

// MoveBoroughIn moves an authority in a transaction that has begun.
func MoveBoroughIn(ctx context.Context, t *engine.Tx, in rules.MoveBoroughInput) (engine.Event, error) {
	o, err := lockChangeable(ctx, t, in.Organisation.UUID)
	if err != nil {
		return engine.Event{}, err
	}
	consortium, err := readConsortium(ctx, t, in.Consortium)
	if err != nil {
		return engine.Event{}, err
	}
	is, step, err := rules.MoveBorough(o, consortium, in)
	if err != nil {
		return engine.Event{}, err
	}
	if err := t.ExecAtLeastOne(ctx, "UPDATE organisation SET kind = $2, consortium_id = $3 WHERE id = $1", is.ID, is.Kind,
		is.ConsortiumID); err != nil {
		return engine.Event{}, err
	}
	return engine.AuthorityEvent(is.ID, is.ID, "kind", "consortium_id", "delegations"), addPartnershipStep(ctx, t, step)
}

// readConsortium is the named consortium, if there is one.
func readConsortium(ctx context.Context, t *engine.Tx, named *market.ID) (*market.Organisation, error) {
	if named == nil {
		return nil, nil
	}
	o, err := directory.ReadOrganisation(ctx, t, named.UUID)
	return &o, err
}

func addPartnershipStep(ctx context.Context, t *engine.Tx, s rules.PartnershipStep) error {
	_, err := t.Exec(ctx, "INSERT INTO partnership_step (id, organisation_id, kind, on_day, consortium_id, words, at, person) VALUES ($1, "+
		"$2, $3, $4, $5, $6, $7, $8)",
		uuid.New(), s.OrganisationID, s.Kind, s.OnDay.Time, s.ConsortiumID, s.Words, s.At, t.Actor().Person)
	return err
}
