package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/policy"
)

// deed is what somebody does in the database, for the functions that their statements call under the owner's rights: each is undone.
type deed struct {
	calls string // the functions, by their names
	steps []step
}

// step is one statement, or several, of somebody.
type step struct {
	role         policy.Role
	person       string
	organisation uuid.UUID
	statements   string
}

// deedBound is what a statement of a deed may cost. One that is written touches each index of its table, and what its triggers ask.
var deedBound = bound{blocks: 800, blocksARow: 60, looked: 200, lookedARow: 20}

// grown are functions that cost what the market costs, and why nobody waits for them.
var grown = map[string]string{
	"hand_over":   "gives all needs of an authority to its successors, once",
	"moments_due": "asked by the clock's hand alone, in the background",
}

// deeds are as many as there are functions to call. The authority, the provider and the needs are some of each.
func (p *place) deeds(authority, lead, consortium uuid.UUID) []deed {
	open, need := "peer.id('open need', 1)", fmt.Sprintf("peer.id('need', %d)", 1+15*7)
	unplaced := p.placements + (16-p.placements%15)%15 // the first of the authority that ended without an award
	own := fmt.Sprintf("'%s'", authority)
	me, seller := "synthetic.someone", fmt.Sprintf("peer.id('provider', %d)", looking)
	place := fmt.Sprintf("peer.id('setting', %d)", looking)
	officer := func(role policy.Role, statements string) step { return step{role, me, authority, statements} }
	manager := func(statements string) step { return step{policy.MarketManager, me, lead, statements} }
	provider := func(statements string) step {
		return step{policy.BidsManager, me, id("provider", looking), statements}
	}
	return []deed{
		{"need_amended need_fixed", []step{officer(policy.Commissioner, "UPDATE need SET profile = 'Synthetic: another.', deadline = dps.now() + interval '60 days', amended_at = dps.now() WHERE id = "+open)}},
		{"need_withdrawn appointments_over", []step{officer(policy.Commissioner, "UPDATE need SET withdrawn_at = dps.now(), withdraw_reason = 'Synthetic.' WHERE id = "+open)}},
		{"tally_from_none need_published", []step{officer(policy.Commissioner, `INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, primary_need, legal_basis, home_outcode, travel_miles,
			start_from, start_to, profile, outcomes, created_by) SELECT peer.id('draft', 1), `+own+`, lot_id, 'N-DRAFT', 6, 8, primary_need, legal_basis, 'ZZ1', 20, start_from, start_to, profile, outcomes, 'x' FROM need WHERE id = `+open+`;
			UPDATE need SET profile = 'Synthetic: another.' WHERE id = peer.id('draft', 1); UPDATE need SET published_at = dps.now(), deadline = dps.now() + interval '30 days', invited = 1 WHERE id = peer.id('draft', 1);
			INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at) SELECT peer.id('draft', 1), m.provider_id, `+own+`, m.lot_id, dps.now() FROM membership m WHERE m.lot_id = peer.id('lot', 1)`)}},
		{"lock_need tally offer_in_time sealed_or_said", []step{provider(`SELECT dps.lock_need(` + open + `, false); INSERT INTO sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
			SELECT peer.id('bid', 1), n.id, n.authority_id, ` + seller + `, ` + place + `, 1, dps.now(), 'x' FROM need n WHERE n.id = ` + open + `; SET CONSTRAINTS ALL IMMEDIATE`)}},
		{"interest_after_word", []step{officer(policy.OpeningOfficer, `INSERT INTO opening_approval (need_id, authority_id, stage, person, at) VALUES (`+open+`, `+own+`, 'QUALITY', '`+me+`', dps.now());
			INSERT INTO interest (id, need_id, authority_id, person, conflict, nature, at) VALUES (peer.id('mine', 1), `+open+`, `+own+`, '`+me+`', true, '\x00', dps.now())`)}},
		{"scores_locked", []step{officer(policy.Moderator, "SELECT dps.scores_locked("+need+")")}},
		{"appointed boroughs buys", []step{{policy.Evaluator, "synthetic.evaluator", authority, "SELECT dps.appointed('EVALUATOR')"}, {policy.ConsortiumOfficer, me, consortium, "SELECT dps.boroughs('ANY')"}}},
		{"award_after_naming award_after_prices owe_notices within_capacity spent", []step{
			officer(policy.Commissioner, `INSERT INTO award (id, need_id, authority_id, provider_id, setting_id, route, reason, proposed_at, proposed_by)
				VALUES (peer.id('mine', 2), `+open+`, `+own+`, `+seller+`, `+place+`, 'SPOT', 'Synthetic.', dps.now(), 'synthetic.commissioner')`),
			officer(policy.Approver, `UPDATE award SET approved_at = dps.now(), approved_by = '`+me+`', accept_by = dps.now() + interval '9 days' WHERE id = peer.id('mine', 2)`),
			provider(`UPDATE award SET accepted_at = dps.now() WHERE id = peer.id('mine', 2); INSERT INTO placement (id, award_id, need_id, authority_id, provider_id, setting_id, starts_on, route, above_places_ground)
				VALUES (peer.id('mine', 3), peer.id('mine', 2), ` + open + `, ` + own + `, ` + seller + `, ` + place + `, current_date, 'SPOT', 'Synthetic.');
				INSERT INTO agreement (id, placement_id, need_id, authority_id, provider_id, contract, contract_version, weekly, weeks)
				VALUES (peer.id('mine', 4), peer.id('mine', 3), ` + open + `, ` + own + `, ` + seller + `, 'Synthetic', '1', 1000, 38); UPDATE agreement SET provider_signed_at = dps.now() WHERE id = peer.id('mine', 4)`),
			officer(policy.Commissioner, `UPDATE agreement SET authority_signed_at = dps.now() WHERE id = peer.id('mine', 4)`),
		}},
		{"price_not_awarded", []step{officer(policy.Commissioner, fmt.Sprintf(`INSERT INTO price_query (id, offer_id, need_id, authority_id, provider_id, kind, question, asked_at, asked_by, answer_by)
			SELECT peer.id('mine', 5), id, need_id, authority_id, provider_id, 'UNCLEAR', 'Synthetic?', dps.now(), 'x', dps.now() FROM offer WHERE need_id = peer.id('need', %d) LIMIT 1`, unplaced))}},
		{"lot_frozen", []step{manager(`INSERT INTO lot (id, authority_id, market_id, name, description, kind, procedure, shows_count, age_low, age_high, needs, contract, contract_version)
			SELECT peer.id('mine', 6), authority_id, market_id, 'Synthetic', 'Synthetic', kind, procedure, true, 2, 25, needs, contract, '1' FROM lot WHERE id = peer.id('lot', 1);
			INSERT INTO criterion (id, authority_id, lot_id, position, kind, name, description, weight, top_score) SELECT peer.id('mine', 7), authority_id, peer.id('mine', 6), 1, 'QUALITY', 'x', 'x', 100, 10 FROM lot WHERE id = peer.id('mine', 6)`)}},
		{"place_settings address_follows", []step{manager("UPDATE setting SET provider_id = " + seller + " WHERE id = peer.id('setting of nobody', 1)")}},
		{"place_members", []step{manager(fmt.Sprintf("UPDATE membership SET ended_at = dps.now() WHERE id = peer.id('membership0 ', %d)", looking))}},
		{"borough_moved", []step{manager("UPDATE organisation SET kind = 'PARTNER', consortium_id = NULL WHERE id = (SELECT id FROM organisation WHERE kind = 'BOROUGH' ORDER BY name LIMIT 1)")}},
		{"feedback_minimum_stated", []step{manager(`INSERT INTO market_notice (id, authority_id, market_id, number, kind, reference, words, published_at) SELECT peer.id('mine', 8), authority_id, id, 99, 'MODIFY', 'x', 'x', dps.now() FROM market LIMIT 1;
			INSERT INTO market_rule (notice_id, authority_id, market_id, number, code, value) SELECT peer.id('mine', 8), authority_id, id, 99, 'FEEDBACK_MINIMUM', 5 FROM market LIMIT 1`)}},
		{"open_spending is_kept_out", []step{{policy.Public, "", uuid.Nil, "SELECT count(*) FROM dps.open_spending((current_date - 700))"}}},
	}
}

// do does a deed, judges its statements and undoes it.
func (p *place) do(ctx context.Context, conn *sql.Conn, d deed) (wrong []string, err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() {
		_, undone := conn.ExecContext(ctx, "ROLLBACK")
		err = errors.Join(err, undone)
	}()
	for _, s := range d.steps {
		organisation := ""
		if s.organisation != uuid.Nil {
			organisation = s.organisation.String()
		}
		if _, err := conn.ExecContext(ctx, "RESET ROLE"); err != nil {
			return nil, err
		}
		if _, err := conn.ExecContext(ctx, "SELECT dps.enter($1, $2, $3, '', 0)", s.role.Database(), s.person, organisation); err != nil {
			return nil, err
		}
		if _, err := conn.ExecContext(ctx, s.statements); err != nil {
			return nil, fmt.Errorf("%s: %w", d.calls, err)
		}
	}
	statements, err := p.watch.since(ctx, p)
	b := deedBound
	if strings.Contains(d.calls, "open_spending") {
		b = others["Query.openPlacesByRoute"]
	}
	for _, s := range statements {
		wrong = append(wrong, judge(d.calls, b, s)...)
	}
	return wrong, err
}

// called does every deed, and says which functions of the owner nobody has called.
func (p *place) called(ctx context.Context) (wrong []string, err error) {
	var lead, consortium, authority uuid.UUID
	if err := p.admin.QueryRowContext(ctx, `SELECT (SELECT authority_id FROM dps.market LIMIT 1), (SELECT id FROM dps.organisation WHERE kind = 'CONSORTIUM'),
		(SELECT id FROM peer.authority WHERE seq = 1)`).Scan(&lead, &consortium, &authority); err != nil {
		return nil, err
	}
	pool, err := sql.Open("postgres", p.url("dps_api"))
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SET search_path = dps"); err != nil {
		return nil, err
	}
	var names []string
	for _, d := range p.deeds(authority, lead, consortium) {
		names = append(names, strings.Fields(d.calls)...)
		for range 2 { // what is read once a session is read the first time
			if wrong, err = p.doAgain(ctx, conn, d, wrong); err != nil {
				return nil, err
			}
		}
	}
	rows, err := p.admin.QueryContext(ctx, "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'dps'::regnamespace AND prosecdef ORDER BY 1")
	if err != nil {
		return nil, err
	}
	for _, name := range scan[string](rows) {
		if grown[name] == "" && !slices.Contains(names, name) {
			wrong = append(wrong, name+": nobody calls this function here")
		}
	}
	return wrong, nil
}

// doAgain does a deed once more: what is said of it is of the last time.
func (p *place) doAgain(ctx context.Context, conn *sql.Conn, d deed, others []string) ([]string, error) {
	others = slices.DeleteFunc(others, func(s string) bool { return strings.HasPrefix(s, d.calls+":") })
	wrong, err := p.do(ctx, conn, d)
	return append(others, wrong...), err
}
