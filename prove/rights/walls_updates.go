package rights

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove/crowd"
)

// markColumns change one column, in which no right has a part, so that what was updated can be told.
var markColumns = map[string]string{
	"delegation": "withdrawn_by", "lot": "name", "application": "statement", "need": "profile", "sealed_offer": "receipt",
	"suitability": "reason",
	"score":       "comment", "moderation": "reason", "preference": "effect", "award": "reason", "placement": "notice_words",
	"agreement":      "contract",
	"feedback_words": "decided_by", "invitation": "lot_id", "membership": "application_id", "need_identity": "identity",
	"score_sheet": "locked_at",
	"vacancy":     "declared_at", "declared_needs": "declared_at", "saved_search": "saved_at",
	"family_invitation": "used_at", "application_question": "question", "evidence": "reference", "application_appeal": "grounds",
	"clarification": "answered_by", "need_ceiling": "weekly", "setting": "district", "setting_address": "address", "inspection": "value",
	"outcode":        "schools",
	"panel_decision": "reasons", "ehc_calendar": "tribunal_on", "ehc_alert": "due", "area_approval": "grounds",
	"price_query": "question", "ranking": "arithmetic", "organisation": "name", "appointment": "made_by", "succession": "words",
	"alert": "done_at", "registration": "withdrawn_at", "provider_contact": "kept_by", "succession_case": "successor_id",
	"telephone_offer": "words",
	"need_link":       "linked_by",
	"evidence_file":   "name",
}

func markValue(column string) string {
	switch {
	case strings.HasSuffix(column, "_id"):
		return "'00000000-0000-4000-8000-00000000aaaa'"
	case strings.HasSuffix(column, "_at"), column == "due":
		return "'2001-01-01'"
	case strings.HasSuffix(column, "_on"):
		return "'2001-01-01'"
	case column == "weekly":
		return "1"
	case column == "schools":
		return "7"
	case column == "identity", column == "address":
		return `'\xaaaa'`
	}
	return "'Synthetic mark'"
}

// tryUpdates marks every row that somebody can update, without reading any.
func (w *Walls) tryUpdates(c *Check, who Principal, table string) {
	w.t.Helper()
	column := markColumns[table]
	if column == "" {
		w.t.Fatalf("no column of %s is known to be free to mark", table)
	}
	set := column + " = " + markValue(column)
	w.changeRows(c, who, table, policy.Update, fmt.Sprintf("UPDATE dps.%s SET %s", table, set), set)
}

func (w *Walls) changeRows(c *Check, who Principal, table string, command policy.Command, statement, after string) {
	w.t.Helper()
	w.enterAs(who)
	var said string
	var keys []string
	must(w.t, w.tx.QueryRow("SELECT said, coalesce(keys, '{}') FROM probe.change($1, $2, $3, $4)", table, w.keys[table], statement,
		after).Scan(&said, pq.Array(&keys)))
	if said != probeDone {
		c.addDifference("%s: %s: %s", who, statement, said)
		return
	}
	deleted := command == policy.Delete // of a deletion we hear what is left
	for key, row := range w.Tables[table] {
		c.Pairs++
		if should, does := w.May(who, command, table, row), slices.Contains(keys, key) != deleted; should != does {
			c.addDifference("%s: %s of %s %s: should pass: %t, did: %t", who, command, table, key, should, does)
		}
	}
}

// tryMoves tries to give away everything that somebody can update.
func (w *Walls) tryMoves(c *Check, who Principal, table string) {
	w.t.Helper()
	for column, value := range map[string]any{
		"authority_id": crowd.OrganisationID("Surrey"), "predecessor_id": crowd.OrganisationID("Surrey"),
		"provider_id": crowd.ProviderID(crowd.ProviderCount),
		"person":      "synthetic.stranger", "lot_id": w.foreignLot(who),
		"code_hash": `\xaaaa`, "approved_at": nil, "deadline": "2999-01-01", "need_id": "00000000-0000-4000-8000-00000000aaaa",
		"setting_id": demo.SettingID(2 * crowd.ProviderCount).String(),
	} {
		pass, fail := 0, 0
		for _, row := range w.Tables[table] {
			if _, ok := row[column]; !ok || !w.May(who, policy.Update, table, row) {
				continue
			}
			if w.May(who, policy.Update, table, row.withColumn(column, value)) {
				pass++
			} else {
				fail++
			}
		}
		if pass+fail == 0 || pass > 0 && fail > 0 { // which row comes first nobody knows
			continue
		}
		w.tryMove(c, who, table, column, value, pass > 0)
	}
}

func (w *Walls) tryMove(c *Check, who Principal, table, column string, value any, should bool) {
	w.t.Helper()
	c.Pairs++
	text := "NULL"
	if value != nil {
		text = pq.QuoteLiteral(fmt.Sprint(value))
	}
	statement := fmt.Sprintf("UPDATE dps.%s SET %s = %s", table, column, text)
	w.enterAs(who)
	var said string
	must(w.t, w.tx.QueryRow("SELECT said FROM probe.change($1, $2, $3, 'false')", table, w.keys[table], statement).Scan(&said))
	if does := said != probeRefused; does != should {
		c.addDifference("%s: %s: should pass: %t, said %s", who, statement, should, said)
	}
}

func (w *Walls) foreignLot(who Principal) any {
	for _, id := range slices.Sorted(maps.Keys(w.lots)) {
		if w.lots[id].Text("authority_id") != who.organisationID() {
			return id
		}
	}
	return nil
}
