// Package placement reads and changes placements and their agreements.
package placement

import (
	"context"

	rules "github.com/southeasttogether/dps/market/placement"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var (
	placementTable = rowset.New[market.Placement]("placement", "p", rowset.Act("placement.read"), rowset.Columns("id", "award_id", "need_id",
		"provider_id", "setting_id"),
		rowset.Column("authority_id", "authority"), rowset.Column("route", "route"), rowset.Column("starts_on", "startsOn"),
		rowset.Column("started_at", "startedAt", "status"), rowset.Column("started_on", "startedOn"),
		rowset.Column("ended_on", "endedOn", "status"), rowset.Column("cancelled_at", "cancelledAt", "status"),
		rowset.Column("earlier_provider_id", "earlierProvider"), rowset.Column("handed_over_on", "handedOverOn"),
		rowset.Column("end_reason", "endReason"), rowset.Column("ended_planned", "endedPlanned"),
		rowset.Column("end_notice_by", "endNoticeBy"), rowset.Column("end_words", "endWords"),
		rowset.Column("notice_given_at", "noticeGivenAt"), rowset.Column("notice_last_day", "noticeLastDay"),
		rowset.Column("notice_reason", "noticeReason"), rowset.Column("notice_words", "noticeWords"),
		rowset.Granted("agreement.read", "signed", `coalesce((SELECT g.authority_signed_at IS NOT NULL AND g.provider_signed_at IS NOT NULL
			FROM agreement g WHERE g.placement_id = p.id), false)`, "false", "status"),
		rowset.Computed("as_of", "(SELECT dps.now())", "status"), rowset.Figure("course", "dps.course(p.need_id, p.award_id)", "nextActs"),
		rowset.Parent("need", "need_id", tendering.NeedTable),
		rowset.Parent("provider", "provider_id", directory.ProviderTable), rowset.Parent("setting", "setting_id", directory.SettingTable))
	// PlacementRows selects placements, for statements that add their conditions.
	PlacementRows = placementTable.Rows()
)

var placementList = rowset.Pages[market.Placement]{
	Table: placementTable, Name: "placements", Order: []string{"starts_on", "id"},
	Desc: true,
}

// waysToPlacements lead a consortium's officer to the placements of each borough.
var waysToPlacements = map[policy.Role][]rowset.Way{
	policy.ConsortiumOfficer: {{
		Each: engine.BoroughsOf("MANAGE"),
		Keys: "SELECT p.starts_on, p.id FROM placement p WHERE p.authority_id = of.id",
	}},
}

// Placements is a page of the placements that the actor can see, latest start first.
func Placements(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.Placement], error) {
	l := placementList
	l.Ways = waysToPlacements[v.Actor().Role]
	return l.Page(ctx, v, p)
}

// PlacementsByID reads placements.
func PlacementsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Placement, error) {
	return placementTable.ByID(ctx, v, ids)
}

var placementsOfAwards = rowset.ListOf[uuid.UUID](placementTable, "award_id")

// PlacementsOfAwards reads the placement that followed from each award.
func PlacementsOfAwards(ctx context.Context, v *engine.View, awards []uuid.UUID) (map[uuid.UUID]*market.Placement, error) {
	return placementsOfAwards.One(ctx, v, awards)
}

var agreementTable = rowset.New[market.Agreement]("agreement", "g",
	rowset.Columns("id", "placement_id", "authority_id", "predecessor_id", "succeeded_on", "contract", "contract_version", "weekly",
		"weeks", "authority_signed_at", "provider_signed_at"))

var agreementsOfPlacements = rowset.ListOf[uuid.UUID](agreementTable, "placement_id")

// AgreementsOfPlacements reads the agreement of each placement.
func AgreementsOfPlacements(ctx context.Context, v *engine.View, placements []uuid.UUID) (map[uuid.UUID]*market.Agreement, error) {
	return agreementsOfPlacements.One(ctx, v, placements)
}

// LockPlacement reads a placement under the lock of its need.
func LockPlacement(ctx context.Context, t *engine.Tx, id uuid.UUID) (market.Placement, error) {
	var p market.Placement
	if err := t.Get(ctx, &p, PlacementRows+" WHERE p.id = $1", id); err != nil {
		return p, engine.AbsentIfNoRows(err, "placement")
	}
	if _, err := tendering.LockNeed(ctx, t, p.NeedID, true); err != nil {
		return p, err
	}
	return p, t.Get(ctx, &p, PlacementRows+" WHERE p.id = $1", id)
}

// SignAgreement signs for the actor's side, once.
func SignAgreement(ctx context.Context, d *engine.DB, a policy.Actor, in rules.SignAgreementInput) (uuid.UUID, error) {
	side := "authority"
	if a.Role == policy.BidsManager {
		side = "provider"
	}
	return d.Change(ctx, a, engine.Request{Act: "agreement.sign", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			p, err := LockPlacement(ctx, t, in.Placement.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			if err := market.RequirePlacementLive(p); err != nil {
				return engine.Event{}, err
			}
			n, err := t.Exec(ctx, "UPDATE agreement SET "+side+"_signed_at = $2, "+side+"_signed_by = $3 WHERE placement_id = $1 AND "+
				side+"_signed_at IS NULL",
				p.ID, p.AsOf, a.Person)
			if err == nil && n == 0 {
				err = market.Refuse(market.WrongState, "Your side has already signed.")
			}
			return engine.AuthorityEvent(p.ID, p.AuthorityID, side+"_signed_at"), err
		})
}

// StartPlacement records the child's first day, or corrects it.
func StartPlacement(ctx context.Context, d *engine.DB, a policy.Actor, in rules.StartPlacementInput) (uuid.UUID, error) {
	return changePlacement(ctx, d, a, engine.Request{Act: "placement.start", Key: in.IdempotencyKey, Input: in}, in.Placement,
		func(t *engine.Tx, p market.Placement) ([]string, error) {
			day, err := rules.StartPlacement(p, in, p.AsOf)
			if err != nil {
				return nil, err
			}
			changed := []string{"started_at"}
			if p.StartedAt != nil {
				changed = []string{"started_on"}
			}
			return changed, t.ExecAtLeastOne(ctx, "UPDATE placement SET started_at = coalesce(started_at, $2), started_on = $3, "+
				"start_correction = $4 WHERE id = $1", p.ID, p.AsOf, day.Time, in.Correction)
		})
}

// changePlacement makes a change to a placement under the lock of its need. The change says what it changed.
func changePlacement(ctx context.Context, d *engine.DB, a policy.Actor, r engine.Request, placement market.ID,
	change func(*engine.Tx, market.Placement) ([]string, error),
) (uuid.UUID, error) {
	return d.Change(ctx, a, r, func(t *engine.Tx) (engine.Event, error) {
		p, err := LockPlacement(ctx, t, placement.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		changed, err := change(t, p)
		return engine.AuthorityEvent(p.ID, p.AuthorityID, changed...), err
	})
}
