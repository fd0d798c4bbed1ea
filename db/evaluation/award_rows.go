// Package evaluation reads and changes what happens between opening and award: suitability, scores, rankings, price queries, preferences.
package evaluation

import (
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
)

var (
	// AwardTable is how awards are read, by whichever route.
	AwardTable = rowset.New[market.Award]("award", "a",
		rowset.Columns("id", "need_id", "authority_id", "offer_id", "provider_id", "setting_id", "route", "reason", "proposed_at",
			"proposed_by", "estimated_value", "approved_at", "standstill_ends", "accept_by", "reject_reason", "accepted_at",
			"declined_at", "decline_reason", "lapsed_at", "cancelled_at", "withdrawn_at", "withdraw_reason"),
		rowset.Computed("rejected_at", "CASE WHEN a.withdrawn_at IS NULL THEN a.rejected_at END"), // a withdrawn one ends as a rejected one does
		rowset.Computed("as_of", "(SELECT dps.now())"), rowset.Follow("status"), rowset.Figure("course", "dps.course(a.need_id, a.id)",
			"nextActs"),
		rowset.Parent("need", "need_id", tendering.NeedTable),
		rowset.Parent("provider", "provider_id", directory.ProviderTable),
		rowset.Parent("setting", "setting_id", directory.SettingTable))
	// AwardRows selects these rows; a condition follows.
	AwardRows = AwardTable.Rows()
)
