package award

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestRecordAwardNotice(t *testing.T) {
	// Half past midnight in London on 2 July, while it is still 1 July in UTC.
	asked := &AwardNotice{Kind: NoticeOfAward, Since: market.NewDate(2026, time.June, 10), AsOf: time.Date(2026, time.July, 1,
		23, 30, 0, 0, time.UTC)}
	for name, c := range map[string]struct {
		asked  *AwardNotice
		change func(*RecordAwardNoticeInput)
		want   string
	}{
		"in between":       {asked, func(*RecordAwardNoticeInput) {}, ""},
		"on its first day": {asked, func(in *RecordAwardNoticeInput) { in.PublishedOn = market.NewDate(2026, time.June, 10) }, ""},
		"the day before": {
			asked, func(in *RecordAwardNoticeInput) { in.PublishedOn = market.NewDate(2026, time.June, 9) },
			"INVALID publishedOn",
		},
		"today": {asked, func(in *RecordAwardNoticeInput) { in.PublishedOn = market.NewDate(2026, time.July, 2) }, ""},
		"tomorrow": {
			asked, func(in *RecordAwardNoticeInput) { in.PublishedOn = market.NewDate(2026, time.July, 3) },
			"INVALID publishedOn",
		},
		"without a reference":  {asked, func(in *RecordAwardNoticeInput) { in.Reference = " " }, "INVALID reference"},
		"a long reference":     {asked, func(in *RecordAwardNoticeInput) { in.Reference = strings.Repeat("s", 101) }, "INVALID reference"},
		"none is asked for":    {nil, func(*RecordAwardNoticeInput) {}, "WRONG_STATE kind"},
		"no details asked for": {nil, func(in *RecordAwardNoticeInput) { in.Kind = NoticeOfDetails }, "WRONG_STATE kind"},
	} {
		in := RecordAwardNoticeInput{Kind: NoticeOfAward, Reference: "Synthetic: 1", PublishedOn: market.NewDate(2026, time.June, 20)}
		c.change(&in)
		if got := markettest.RefusalCode(t, RecordAwardNotice(c.asked, in)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
