package market

import (
	"time"

	"github.com/google/uuid"
)

// Event is one line of the log as its readers see it. Number orders the log and never leaves the service;
// ChainID is the authority or provider in whose chain it stands.
type Event struct {
	ID          uuid.UUID  `db:"ref"`
	Number      int64      `db:"id"`
	At          time.Time  `db:"at"`
	Person      string     `db:"person"`
	Capacity    string     `db:"capacity"`
	Act         string     `db:"act"`
	ObjectID    uuid.UUID  `db:"object_id"`
	AuthorityID *uuid.UUID `db:"authority_id"`
	ChainID     uuid.UUID  `db:"chain_id"`
	Changed     Texts      `db:"changed"`
}
