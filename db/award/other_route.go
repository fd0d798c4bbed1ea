package award

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/placement"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

var (
	routeRuleTable = rowset.New[rules.RouteRule]("regime_route", "r",
		rowset.Columns("regime", "route", "allowed", "award_notice", "source"))
	routeRuleRows = routeRuleTable.Rows()
)

var routesOfRegimes = rowset.ListOf[string](routeRuleTable, "regime", rowset.By("r.regime", "r.allowed DESC", "r.route")...)

// RoutesOfRegimes reads which routes to a place each regime allows.
func RoutesOfRegimes(ctx context.Context, v *engine.View, regimes []string) (map[string][]*rules.RouteRule, error) {
	return routesOfRegimes.Read(ctx, v, regimes)
}

var (
	basisTable = rowset.New[basisRow]("basis", "b",
		rowset.Columns("award_id", "words", "starts_on", "weekly", "weeks", "preference_id", "telephone_offer_id", "directs", "ordered_on",
			"comply_by", "choice", "spot"),
		rowset.Computed("source", "d.source"),
		rowset.Computed("within", "d.weeks"),
		rowset.Computed("accepted_at", "CASE WHEN a.cancelled_at IS NULL THEN a.accepted_at END"),
		rowset.Computed("as_of", "(SELECT dps.now())"),
		rowset.Join("JOIN award a ON a.id = b.award_id LEFT JOIN tribunal_direction d ON d.code = b.directs"))
	basisRows = basisTable.Rows()
)

type basisRow struct {
	AwardID      uuid.UUID                `db:"award_id"`
	Words        []byte                   `db:"words"`
	StartsOn     market.Date              `db:"starts_on"`
	Weekly       market.Decimal           `db:"weekly"`
	Weeks        int                      `db:"weeks"`
	PreferenceID *uuid.UUID               `db:"preference_id"`
	Directs      *rules.TribunalDirection `db:"directs"`

	TelephoneOfferID *uuid.UUID `db:"telephone_offer_id"`

	OrderedOn  *market.Date        `db:"ordered_on"`
	ComplyBy   *market.Date        `db:"comply_by"`
	Choice     *rules.ChoiceGround `db:"choice"`
	Spot       *rules.SpotReason   `db:"spot"`
	Source     *string             `db:"source"`
	Within     *int                `db:"within"`
	AcceptedAt *time.Time          `db:"accepted_at"`
	AsOf       time.Time           `db:"as_of"`
}

// protectedBasis is the protected part of a basis.
type protectedBasis struct {
	Reasons   string   `json:"reasons"`
	Evidence  []string `json:"evidence"`
	Reference string   `json:"reference,omitempty"`
	Enactment *string  `json:"enactment,omitempty"`
}

func basisContext(award uuid.UUID) string { return "basis:" + award.String() }

func (row *basisRow) revealBasis(keys *seal.Keyring) (*rules.Basis, error) {
	plain, err := keys.Reveal(basisContext(row.AwardID), row.Words)
	if err != nil {
		return nil, err
	}
	var words protectedBasis
	if err := json.Unmarshal(plain, &words); err != nil {
		return nil, err
	}
	b := &rules.Basis{
		AwardID: row.AwardID, PreferenceID: row.PreferenceID, Reasons: words.Reasons, Evidence: words.Evidence,
		StartsOn: row.StartsOn,
		Weekly:   row.Weekly, Weeks: row.Weeks, Choice: row.Choice, Enactment: words.Enactment, Spot: row.Spot,
		TelephoneOfferID: row.TelephoneOfferID,
	}
	if row.Directs != nil {
		direction := rules.TribunalTerms{Code: *row.Directs, Weeks: *row.Within, Source: *row.Source}
		order := rules.TribunalOrderAsOf(direction, words.Reference, *row.OrderedOn, *row.ComplyBy, row.AcceptedAt, row.AsOf)
		b.Order = &order
	}
	return b, nil
}

var basesOfAwards = rowset.ListOf[uuid.UUID](basisTable, "award_id")

// BasesOfAwards reads what awards by other routes are based on.
func BasesOfAwards(ctx context.Context, v *engine.View, awards []uuid.UUID) (map[uuid.UUID]*rules.Basis, error) {
	found, err := basesOfAwards.One(ctx, v, awards)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*rules.Basis{}
	for award, row := range found {
		if all[award], err = row.revealBasis(v.Keys()); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ApprovePlace approves a place by another route and reserves it, in the same transaction. The database counts the setting's
// places, over all authorities, under a lock.
func ApprovePlace(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ApprovePlaceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "route.approve", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		award, err := LockAward(ctx, t, in.Award.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		live, err := membershipForNeed(ctx, t, award)
		if err != nil {
			return engine.Event{}, err
		}
		if award, err = rules.ApprovePlace(award, live, a.Person, award.AsOf); err != nil {
			return engine.Event{}, err
		}
		if err := requireUnopenedOrEnded(ctx, t, award.NeedID); err != nil {
			return engine.Event{}, err
		}
		if err := requirePanelAgreement(ctx, t, award); err != nil {
			return engine.Event{}, err
		}
		if err := t.ExecAtLeastOne(ctx,
			"UPDATE award SET approved_at = $2, approved_by = $3, accepted_at = $2 WHERE id = $1 AND approved_at IS NULL",
			award.ID, award.ApprovedAt, a.Person); err != nil {
			return engine.Event{}, err
		}
		if err := reserveRoutePlace(ctx, t, award); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(award.ID, award.AuthorityID, "approved_at", "accepted_at", "placement"),
			tendering.RequireNoConflict(ctx, t, needOfAward(award), in.DeclareNoInterest)
	})
}

// requireUnopenedOrEnded refuses a place for a need whose offers were opened after it was proposed, until the bidders are told.
func requireUnopenedOrEnded(ctx context.Context, t *engine.Tx, id uuid.UUID) error {
	var need market.Need
	if err := t.Get(ctx, &need, tendering.NeedRows+" WHERE n.id = $1", id); err != nil {
		return err
	}
	var ended bool
	if err := t.Get(ctx, &ended, "SELECT EXISTS (SELECT FROM no_award WHERE need_id = $1)", id); err != nil {
		return err
	}
	return rules.RequireUnopenedOrEnded(need, ended)
}

func reserveRoutePlace(ctx context.Context, t *engine.Tx, a market.Award) error {
	var row basisRow
	if err := t.Get(ctx, &row, basisRows+" WHERE b.award_id = $1", a.ID); err != nil {
		return err
	}
	if err := requireOfferUndisputed(ctx, t, row); err != nil {
		return err
	}
	if err := requireGrounds(ctx, t, a, row.Weekly); err != nil {
		return err
	}
	return reservePlace(ctx, t, a, row.StartsOn, row.Weekly, row.Weeks)
}

// RecordSignature records that a provider has signed on paper, once.
func RecordSignature(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RecordSignatureInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "route.sign", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		p, err := placement.LockPlacement(ctx, t, in.Placement.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.RecordSignature(p, in); err != nil {
			return engine.Event{}, err
		}
		n, err := t.Exec(ctx, "UPDATE agreement SET provider_signed_at = $2, provider_signed_by = $3, provider_signed_paper = $4 WHERE "+
			"placement_id = $1 AND provider_signed_at IS NULL",
			p.ID, p.AsOf, a.Person, in.Reference)
		if err == nil && n == 0 {
			err = market.Refuse(market.WrongState, "The provider has already signed.")
		}
		return engine.AuthorityEvent(p.ID, p.AuthorityID, "provider_signed_at", "paper"), err
	})
}
