package region

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	admissionrules "github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/market/idkind"
	rules "github.com/southeasttogether/dps/market/region"
)

func (a *application) applyMarkets(w rules.Wanted) error {
	for _, m := range w.Markets {
		if a.lead == uuid.Nil {
			return nil // its founding was refused, and that is told
		}
		if err := a.applyMarket(m); err != nil {
			return err
		}
	}
	return nil
}

// marketRow is a market as it was established, and the notice of intention before it.
type marketRow struct {
	ID        uuid.UUID   `db:"id"`
	Regime    string      `db:"regime"`
	NoticeAt  time.Time   `db:"notice_at"`
	EndsOn    market.Date `db:"ends_on"`
	Minimum   int         `db:"feedback_k"`
	Reference *string     `db:"reference"`
	Words     *string     `db:"words"`
}

func (a *application) applyMarket(w rules.Market) error {
	var found []marketRow
	if err := a.tx.SelectRows(a.ctx, &found, `SELECT m.id, m.regime, m.notice_at, m.ends_on, m.feedback_k, n.reference, n.words FROM market m
		LEFT JOIN market_notice n ON n.market_id = m.id AND n.kind = 'INTEND' WHERE m.name = $1`, w.Name); err != nil {
		return err
	}
	m := w.Market
	m.AuthorityID = a.lead
	if len(found) > 0 {
		m.ID = found[0].ID
		a.compareMarket(w, found[0])
	} else {
		if m.ID == uuid.Nil {
			m.ID = id("market", m.Name)
		}
		taken, err := a.takeStep(w.Place, "establish the market "+m.Name+" under "+m.Regime.Code, func() error {
			return a.tx.Record(a.ctx, "market.establish", func() (engine.Event, error) {
				return admission.EstablishMarketIn(a.ctx, a.tx, m)
			})
		})
		if !taken {
			return err
		}
	}
	for _, n := range w.Notices {
		if err := a.applyNotice(m.ID, n); err != nil {
			return err
		}
	}
	for _, l := range w.Lots {
		if err := a.applyLot(m.ID, l); err != nil {
			return err
		}
	}
	return nil
}

// compareMarket says what of an established market is another than wanted: bidders rely on it, and only notices change it.
func (a *application) compareMarket(w rules.Market, is marketRow) {
	const byNotice = "%s was established with %s. Publish a notice to change it: add one below notices."
	intention := w.Intention
	switch {
	case w.Regime.Code != is.Regime:
		a.addProblem(w.Place, "regime", "%s is established under %s. Its regime cannot change.", w.Name, is.Regime)
	case !w.NoticeAt.Equal(is.NoticeAt):
		a.addProblem(w.Place, "established", "%s was established on %s. That day cannot change.", w.Name, market.LondonDate(is.NoticeAt))
	case !w.EndsOn.Equal(is.EndsOn):
		a.addProblem(w.Place, "ends", byNotice, w.Name, "the last day "+is.EndsOn.String())
	case w.FeedbackMinimum != is.Minimum:
		a.addProblem(w.Place, "feedback_minimum", byNotice, w.Name, fmt.Sprintf("the minimum %d", is.Minimum))
	case (intention == nil) != (is.Reference == nil),
		intention != nil && (intention.Reference != *is.Reference || intention.Words != *is.Words):
		a.addProblem(w.Place, "intention", "The notice of intention of %s is published and cannot change.", w.Name)
	}
}

func (a *application) applyNotice(id uuid.UUID, w rules.Notice) error {
	var found []struct {
		Kind   string             `db:"kind"`
		Words  string             `db:"words"`
		EndsOn *market.Date       `db:"ends_on"`
		From   *market.Date       `db:"applications_from"`
		Until  *market.Date       `db:"applications_until"`
		Stated market.StatedRules `db:"stated"`
	}
	if err := a.tx.SelectRows(a.ctx, &found, `SELECT n.kind, n.words, n.ends_on, n.applications_from, n.applications_until,
		coalesce((SELECT json_agg(json_build_object('code', r.code, 'value', r.value)) FROM market_rule r WHERE r.notice_id = n.id), '[]') AS
		stated
		FROM market_notice n WHERE n.market_id = $1 AND n.reference = $2 AND n.kind <> 'INTEND'`, id, w.Reference); err != nil {
		return err
	}
	if len(found) == 0 {
		_, err := a.takeStep(w.Place, "publish the notice "+w.Reference, func() error {
			return a.tx.Record(a.ctx, "notice.publish", func() (engine.Event, error) {
				in := w.PublishNoticeInput
				in.Market = market.ID{Kind: idkind.Market, UUID: id}
				return admission.PublishNoticeIn(a.ctx, a.tx, a.lead, in)
			})
		})
		return err
	}
	is, period := found[0], w.ApplicationPeriod
	isSame := is.Kind == string(w.Kind) && is.Words == w.Words && isSameDay(is.EndsOn, w.EndsOn) && len(is.Stated) == len(w.Rules) &&
		(period == nil) == (is.Until == nil) && (period == nil || isSameDay(is.From, &period.From) && isSameDay(is.Until, &period.Until)) &&
		!slices.ContainsFunc(w.Rules, func(r admissionrules.RuleInput) bool {
			stated := is.Stated.FindRule(r.Code)
			return stated == nil || stated.Value != r.Value
		})
	if !isSame {
		a.addProblem(w.Place, "", "The notice %s is published and cannot change. Add another below it.", w.Reference)
	}
	return nil
}

func (a *application) applyLot(marketID uuid.UUID, w rules.Lot) error {
	in := w.CreateLotInput
	in.Market = market.ID{Kind: idkind.Market, UUID: marketID}
	var found []market.Lot
	if err := a.tx.SelectRows(a.ctx, &found, admission.LotRows+" WHERE l.market_id = $1 AND l.name = $2", marketID, in.Name); err != nil {
		return err
	}
	if len(found) == 0 {
		return a.createLot(w, in)
	}
	if err := a.compareLot(w, found[0]); err != nil {
		return err
	}
	return a.completeLot(w, found[0].ID, found[0].PublishedAt != nil)
}

func (a *application) createLot(w rules.Lot, in admissionrules.CreateLotInput) error {
	var lot uuid.UUID
	taken, err := a.takeStep(w.Place, "draft the lot "+w.Name, func() error {
		return a.tx.Record(a.ctx, "lot.create", func() (engine.Event, error) {
			e, err := admission.CreateLotIn(a.ctx, a.tx, a.lead, in)
			lot = e.Object
			return e, err
		})
	})
	if !taken {
		return err
	}
	return a.completeLot(w, lot, false)
}

// completeLot asks for the evidence that a lot does not ask for yet, and publishes it.
func (a *application) completeLot(w rules.Lot, lot uuid.UUID, published bool) error {
	asked := map[string]bool{}
	var kinds []struct {
		Kind      string `db:"kind"`
		Essential bool   `db:"essential"`
	}
	if err := a.tx.SelectRows(a.ctx, &kinds, "SELECT kind, essential FROM lot_evidence WHERE lot_id = $1", lot); err != nil {
		return err
	}
	for _, k := range kinds {
		asked[k.Kind] = true
		if !slices.ContainsFunc(w.Evidence, func(e admissionrules.AskForEvidenceInput) bool {
			return e.Kind == k.Kind && e.Essential == k.Essential
		}) {
			a.addProblem(w.Place, "evidence", "The lot %s asks for %s as it was first said. That cannot change.", w.Name, k.Kind)
		}
	}
	for _, e := range w.Evidence {
		if asked[e.Kind] {
			continue
		}
		if published {
			a.addProblem(w.Place, "evidence", "The lot %s is published. It cannot ask for %s now.", w.Name, e.Kind)
			continue
		}
		e.Lot = market.ID{Kind: idkind.Lot, UUID: lot}
		if _, err := a.takeStep(w.Place, "ask for "+e.Kind+" in the lot "+w.Name, func() error {
			return a.tx.Record(a.ctx, "lot.ask", func() (engine.Event, error) {
				return admission.AskForEvidenceIn(a.ctx, a.tx, a.lead, e)
			})
		}); err != nil {
			return err
		}
	}
	if !w.Published || published {
		return nil
	}
	_, err := a.takeStep(w.Place, "publish the lot "+w.Name, func() error {
		return a.tx.Record(a.ctx, "lot.publish", func() (engine.Event, error) {
			return admission.PublishLotIn(a.ctx, a.tx, a.lead, admissionrules.PublishLotInput{Lot: market.ID{Kind: idkind.Lot, UUID: lot}})
		})
	})
	return err
}

// compareLot says what of a lot is another than wanted: a lot cannot change.
func (a *application) compareLot(w rules.Lot, is market.Lot) error {
	differing := slices.DeleteFunc([]string{
		differs("description", w.Description == is.Description), differs("kind", w.Kind == is.Kind),
		differs("procedure", w.Procedure == is.Procedure.Code), differs("shows_count", w.ShowsCount == nil || *w.ShowsCount == is.ShowsCount),
		differs("ages", w.AgeLow == is.AgeLow && w.AgeHigh == is.AgeHigh), differs("needs", slices.Equal(w.Needs, is.Needs)),
		differs("contract", w.Contract == is.Contract), differs("contract_version", w.ContractVersion == is.ContractVersion),
		differs("published", w.Published || is.PublishedAt == nil),
	}, func(s string) bool { return s == "" })
	var criteria []market.Criterion
	if err := a.tx.SelectRows(a.ctx, &criteria, admission.CriterionRows+" WHERE c.lot_id = $1 ORDER BY c.position", is.ID); err != nil {
		return err
	}
	if !slices.EqualFunc(w.Criteria, criteria, func(in admissionrules.CriterionInput, is market.Criterion) bool {
		return in.Kind == is.Kind && in.Name == is.Name && in.Description == is.Description && in.TopScore == is.TopScore &&
			in.Weight.Equal(is.Weight.Decimal)
	}) {
		differing = append(differing, "criteria")
	}
	for _, field := range differing {
		a.addProblem(w.Place, field, "The lot %s differs here in: %s. A lot cannot change. Draft one with another name.", w.Name, field)
	}
	return nil
}

func differs(field string, isSame bool) string {
	if isSame {
		return ""
	}
	return field
}
