package market

import (
	"time"

	"github.com/google/uuid"
)

// MostWeeklyPounds limits pounds a week, so that a typing error is found at once.
var MostWeeklyPounds = Pounds("99999.99")

// FeeKind is what a fee pays for.
type FeeKind string

// Fee is a line of a price: pounds a week.
type Fee struct {
	OfferID     uuid.UUID `db:"offer_id" json:"-"`
	Kind        FeeKind   `db:"kind"`
	Description string    `db:"description"`
	Weekly      Decimal   `db:"weekly"`
}

// OfferPrice is the sealed half that is opened last: pounds a week, weeks a year, pounds a year, and its lines.
type OfferPrice struct {
	OfferID uuid.UUID `db:"offer_id" json:"-"`
	Weekly  Decimal   `db:"weekly"`
	Weeks   int       `db:"weeks"`
	Annual  Decimal   `db:"annual"`
	Fees    []*Fee
}

// OfferQuality is the other sealed half: everything except the price.
type OfferQuality struct {
	StartsOn    Date   `db:"starts_on"`
	Places      int    `db:"places"`
	NeedsMet    string `db:"needs_met"`
	OutcomesMet string `db:"outcomes_met"`
	Assumptions string `db:"assumptions"`
}

// Offer is a provider's offer of a place, as far as its reader can see it: its provider reads the sealed copy, the
// authority what was opened. Price is nil while it is sealed for the reader.
type Offer struct {
	ID          uuid.UUID  `db:"id"`
	NeedID      uuid.UUID  `db:"need_id"`
	AuthorityID uuid.UUID  `db:"authority_id"`
	ProviderID  uuid.UUID  `db:"provider_id"`
	SettingID   uuid.UUID  `db:"setting_id"`
	Version     int        `db:"version"`
	ReceivedAt  time.Time  `db:"received_at"`
	Receipt     string     `db:"receipt"`
	WithdrawnAt *time.Time `db:"withdrawn_at"`
	VoidedAt    *time.Time `db:"voided_at"`
	OfferQuality
	Price *OfferPrice
}

// Stage is what an opening opens.
type Stage string

// Stages of opening. StageQuality also opens prices, unless the procedure keeps them for last.
const (
	StageQuality Stage = "QUALITY"
	StagePrice   Stage = "PRICE"
)

// Stages is a list of stages; it is read from a JSON array.
type Stages []Stage

// Scan reads the array.
func (s *Stages) Scan(v any) error { return scanArray(v, s) }
