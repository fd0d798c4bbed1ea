package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/db/record"
)

func TestStoryEndsInAnActivePlacement(t *testing.T) {
	w := newWorld(t)
	w.liveStory(t)
	if _, err := record.Work(t.Context(), w.Worker); err != nil {
		t.Fatal(err)
	}
	found, err := ledger.VerifyLog(t.Context(), w.AdminURL, w.Keyring.PublicKeys())
	must(t, err)
	if len(found.Faults) > 0 || found.Unsealed > 0 || found.Events == 0 {
		t.Errorf("the log: %d events, %d unsealed, faults %v", found.Events, found.Unsealed, found.Faults)
	}
	lived, err := w.Lived(t.Context())
	must(t, err)
	if !lived {
		t.Error("the story is not known as lived")
	}
}
