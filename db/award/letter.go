package award

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
	evaluationrules "github.com/southeasttogether/dps/market/evaluation"
	"github.com/southeasttogether/dps/policy"
)

var letterTable = rowset.New[rules.Letter]("letter", "l",
	rowset.Columns("offer_id", "provider_id", "result", "rank", "total", "body", "sent_at"), rowset.Elsewhere("award_id"))

var lettersOfOffers = rowset.ListOf[uuid.UUID](letterTable, "offer_id", rowset.By("l.sent_at DESC", "l.id")...)

// LettersOfOffers reads the letters to each bidder, newest first.
func LettersOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID][]*rules.Letter, error) {
	return lettersOfOffers.Read(ctx, v, offers)
}

// tellBidders writes a letter to every bidder. The approver cannot read scores, so a role of the market gathers them.
// The letters are then written with the approver's own rights.
func tellBidders(ctx context.Context, t *engine.Tx, a market.Award, n market.Need, terms admission.MarketTerms) error {
	approver := t.Actor().Role
	var awards []market.Award
	if err := t.SelectRows(ctx, &awards, evaluation.AwardRows+" WHERE a.need_id = $1 ORDER BY a.proposed_at", n.ID); err != nil {
		return err
	}
	if err := t.SwitchRole(ctx, policy.Keeper); err != nil {
		return err
	}
	letters, err := writeAwardLetters(ctx, t, a, n, terms, awards)
	if err != nil {
		return err
	}
	if err := t.SwitchRole(ctx, approver); err != nil {
		return err
	}
	return insertLetters(ctx, t, &a.ID, n, letters)
}

func writeAwardLetters(ctx context.Context, t *engine.Tx, a market.Award, n market.Need, terms admission.MarketTerms,
	awards []market.Award,
) ([]rules.Letter, error) {
	e, err := readEvaluationOutcome(ctx, t, n, terms, awards)
	if err != nil {
		return nil, err
	}
	if err := t.Get(ctx, &e.Winner, "SELECT name FROM provider WHERE id = $1", a.ProviderID); err != nil {
		return nil, err
	}
	return rules.AwardLetters(a, e, a.AsOf), nil
}

// readEvaluationOutcome is what the letters to bidders are written from; awards are those of the need, in their order.
func readEvaluationOutcome(ctx context.Context, t *engine.Tx, n market.Need, terms admission.MarketTerms, awards []market.Award,
) (rules.EvaluationOutcome, error) {
	e := rules.EvaluationOutcome{
		Need: n, Rankings: map[uuid.UUID]market.Ranking{}, Fee: terms.Market.Fee(), WinnerReasons: terms.Market.Regime.WinnerReasons,
		Ended: rules.EndedAwards(awards),
	}
	if err := t.SelectRows(ctx, &e.Criteria, admission.CriterionRows+" WHERE c.lot_id = $1 ORDER BY c.position", n.LotID); err != nil {
		return e, err
	}
	var rankings []market.Ranking
	if err := t.SelectRows(ctx, &rankings, evaluation.RankingRows+" WHERE r.need_id = $1", n.ID); err != nil {
		return e, err
	}
	for _, r := range rankings {
		e.Rankings[r.OfferID] = r
	}
	var err error
	if e.Points, e.Reasons, err = evaluation.AgreedScores(ctx, t, n, terms.Lot.Procedure); err != nil {
		return e, err
	}
	if e.Bidders, err = evaluation.AssessedOffers(ctx, t, n); err != nil {
		return e, err
	}
	queries, err := evaluation.ReadPriceQueries(ctx, t, "q.need_id = $1", n.ID)
	if err != nil {
		return e, err
	}
	e.RefusedPrices = evaluationrules.UnaccountedPrices(queries)
	if e.Barred, err = barredOffers(ctx, t, n); err != nil {
		return e, err
	}
	return e, requireNamelessLetters(ctx, t, e)
}

// barredOffers are the opened offers of a provider that is not an active member any more, or for a setting that has closed
// since.
func barredOffers(ctx context.Context, t *engine.Tx, n market.Need) (map[uuid.UUID]rules.Bar, error) {
	var rows []struct {
		Offer  uuid.UUID `db:"id"`
		Active bool      `db:"active"`
		Open   bool      `db:"open"`
	}
	if err := t.SelectRows(ctx, &rows, `SELECT o.id,
			EXISTS (SELECT FROM membership m WHERE m.provider_id = o.provider_id AND m.lot_id = $2 AND `+admission.ActiveMemberSQL+`) AS active,
			EXISTS (SELECT FROM setting s WHERE s.id = o.setting_id AND `+directory.OpenSettingSQL+`) AS open
		FROM offer o WHERE o.need_id = $1`, n.ID, n.LotID); err != nil {
		return nil, err
	}
	barred := map[uuid.UUID]rules.Bar{}
	for _, row := range rows {
		switch {
		case !row.Active:
			barred[row.Offer] = rules.BarMembership
		case !row.Open:
			barred[row.Offer] = rules.BarSetting
		}
	}
	return barred, nil
}

// requireNamelessLetters refuses letters that would repeat a known name of the child. The reasons were written before the name was known:
// they are redacted first.
func requireNamelessLetters(ctx context.Context, t *engine.Tx, e rules.EvaluationOutcome) error {
	err := tendering.CheckNameless(ctx, t, e.Need.ID, e.TextsOfLetters()...)
	if refusal := (*market.Refusal)(nil); errors.As(err, &refusal) {
		return rules.ErrNameInLetters
	}
	return err
}

// insertLetters writes letters about an award, or about none.
func insertLetters(ctx context.Context, t *engine.Tx, award *uuid.UUID, n market.Need, letters []rules.Letter) error {
	for _, l := range letters {
		if _, err := t.Exec(ctx, `INSERT INTO letter (id, award_id, offer_id, need_id, authority_id, provider_id, result, rank, total, body,
			sent_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			uuid.New(), award, l.OfferID, n.ID, n.AuthorityID, l.ProviderID, l.Result, l.Rank, l.Total, l.Body, l.SentAt); err != nil {
			return err
		}
	}
	return nil
}
