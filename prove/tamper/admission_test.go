package tamper_test

import "github.com/southeasttogether/dps/demo"

// admission makes the changes to a membership that the story has no occasion for, to the end of it.
func (b *brokenLog) admission(membership string) {
	b.t.Helper()
	const why = "Synthetic: as the inspection found."
	b.change(demo.MarketManager, "suspendMembership", fields{"membership": membership, "reason": why}, "")
	b.change(demo.MarketManager, "restoreMembership", fields{"membership": membership, "reason": why}, "")
	b.change(demo.MarketManager, "announceRemoval", fields{"membership": membership, "reasons": why}, "")
	b.change(demo.Winner, "answerRemoval", fields{"membership": membership, "answer": "Synthetic: it is mended."}, "")
	b.change(demo.MarketManager, "decideRemoval", fields{"membership": membership, "decision": "KEEP", "reasons": why}, "")
	b.change(demo.Winner, "leaveLot", fields{"membership": membership, "reason": "Synthetic: we close."}, "")
}
