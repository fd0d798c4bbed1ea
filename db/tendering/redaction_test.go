package tendering_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
)

// textsThatStay are columns of text about a need that a redaction leaves, and why.
var textsThatStay = map[string]string{
	"agreement.contract": "the name of a lot's contract", "agreement.contract_version": "its version",
	"agreement.provider_signed_paper": "the reference of a paper", "telephone_offer.paper": "the reference of a paper",
	"offer.needs_met": "a provider's offer", "offer.outcomes_met": "a provider's offer", "offer.assumptions": "a provider's offer",
	"award.decline_reason": "a provider's answer to the authority", "price_query.answer": "a provider's answer to the authority",
	"placement.notice_words": "a provider's answer to the authority", "telephone_offer.dispute": "a provider's answer to the authority",
	"ranking.arithmetic": "numbers", "need.home_outcode": "the first half of a postcode",
	"need.primary_need": "a code", "placement.above_places_ground": "a code", "placement.end_reason": "a code",
	"area_approval.area_code": "a code", "placement.notice_reason": "a code", "preference.effect": "a code", "ehc_alert.kind": "a code",
	"feedback_words.respondent": "a code",
	"need_redaction.sought":     "always null", "need_redaction.put": "always null",
	"alert.capacity": "a code", "alert.kind": "a code", "alert.of_kind": "a code",
	"alert.words": "references, names of providers, settings and kinds of evidence",
}

// notSearched are texts that are redacted with others, and that need_texts() does not give.
var notSearched = map[string]string{"need_redaction.reason": "compared with the words and the names when it is written"}

// TestEveryTextOfANeedIsRedacted finds a column of text in a table about needs that redact() does not rewrite, or that need_texts()
// does not give to be searched for names.
func TestEveryTextOfANeedIsRedacted(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	var source, texts string
	f.QueryValue(&source, "SELECT prosrc FROM pg_proc WHERE proname = 'redact' AND pronamespace = 'dps'::regnamespace")
	f.QueryValue(&texts, "SELECT prosrc FROM pg_proc WHERE proname = 'need_texts' AND pronamespace = 'dps'::regnamespace")
	var found []string
	f.ScanRows(`SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relnamespace = 'dps'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'text'::regtype
			AND a.attname !~ '(_by|^person|^receipt|^reference|^route)$'
			AND (c.relname = 'need' OR EXISTS (SELECT FROM pg_attribute n WHERE n.attrelid = c.oid AND n.attname IN ('need_id', 'placement_id')))
			AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f') AND a.attnum = ANY (k.conkey)
				AND pg_get_constraintdef(k.oid) ~ ('(' || a.attname || ' = ANY|FOREIGN KEY)')) ORDER BY 1`,
		nil, func(rows *sql.Rows) error {
			var column string
			err := rows.Scan(&column)
			found = append(found, column)
			return err
		})
	for _, column := range found {
		table, name, _ := strings.Cut(column, ".")
		_, update, _ := strings.Cut(source, "UPDATE "+table+" SET ")
		update, _, _ = strings.Cut(update, ";")
		_, stays := textsThatStay[column]
		if rewritten := strings.Contains(update, name+" = regexp_replace("+name+","); rewritten == stays {
			t.Errorf("%s: rewritten %v, said to stay %v", column, rewritten, stays)
		}
		searched := strings.Contains(texts, "FROM "+table+" ") && strings.Contains(texts, "."+name)
		if _, apart := notSearched[column]; !stays && searched == apart {
			t.Errorf("%s: searched for names %v, said not to be %v", column, searched, apart)
		}
	}
	for column := range textsThatStay {
		if !slices.Contains(found, column) {
			t.Errorf("%s is said to stay, and there is no such text", column)
		}
	}
}
