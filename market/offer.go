package market

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// mostWeeklyPounds bounds pounds a week, so that a slip of the keyboard is found at once.
var mostWeeklyPounds = Pounds("99999.99")

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

// OfferQuality is the other sealed half: everything but the price.
type OfferQuality struct {
	StartsOn    Date   `db:"starts_on"`
	Places      int    `db:"places"`
	NeedsMet    string `db:"needs_met"`
	OutcomesMet string `db:"outcomes_met"`
	Assumptions string `db:"assumptions"`
}

// Offer is a provider's offer of a place, as whoever reads it may see it: its provider from the sealed copy, the
// authority from what was opened. Price is nil while it is sealed for the reader.
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

// SubmitOfferInput is an offer, or the whole of an amended one.
type SubmitOfferInput struct {
	IdempotencyKey string
	Need           ID
	Setting        ID
	StartsOn       Date
	Places         int
	NeedsMet       string
	OutcomesMet    string
	Assumptions    string
	Weeks          int
	Fees           []FeeInput
}

// FeeInput is a fee line of an offer.
type FeeInput struct {
	Kind        FeeKind
	Description string
	Weekly      Decimal
}

// WithdrawOfferInput says which offer to withdraw.
type WithdrawOfferInput struct {
	IdempotencyKey string
	Offer          ID
}

// OpenOffersInput says which need's offers to open.
type OpenOffersInput struct {
	IdempotencyKey string
	Need           ID
}

// SubmitOffer checks an offer, or the whole of an amended one, and splits it into the two halves that are sealed apart.
// The deadline is the last instant at which an offer is received; the caller passes a clock read after the need's lock.
func SubmitOffer(in SubmitOfferInput, n Need, s Setting, live *Membership, now time.Time) (OfferQuality, OfferPrice, error) {
	if err := requireOpenForOffers(n, now); err != nil {
		return OfferQuality{}, OfferPrice{}, err
	}
	if live == nil || live.Status() != MembershipActive {
		return OfferQuality{}, OfferPrice{}, Refuse(NotAdmitted, "Only an active member of the lot can offer.")
	}
	if err := RequireSettingOpen(s, in.StartsOn, now); err != nil {
		return OfferQuality{}, OfferPrice{}, err
	}
	if err := checkOffer(in, n, s, *live); err != nil {
		return OfferQuality{}, OfferPrice{}, err
	}
	price, err := offerPrice(in)
	return OfferQuality{
		StartsOn: in.StartsOn, Places: in.Places, NeedsMet: in.NeedsMet, OutcomesMet: in.OutcomesMet, Assumptions: in.Assumptions,
	}, price, err
}

func requireOpenForOffers(n Need, now time.Time) error {
	if n.WithdrawnAt != nil {
		return requireNotWithdrawn(n)
	}
	if err := requireNotUrgent(n); err != nil {
		return err
	}
	if n.Deadline == nil {
		return Refuse(WrongState, "This need is not published.")
	}
	if now.After(*n.Deadline) {
		return Refuse(DeadlinePassed, "The deadline has passed.")
	}
	return nil
}

func checkOffer(in SubmitOfferInput, n Need, s Setting, live Membership) error {
	if err := checkTexts(InputText{"needsMet", in.NeedsMet, 8000}, InputText{"outcomesMet", in.OutcomesMet, 8000}); err != nil {
		return err
	}
	if err := checkLengths(InputText{"assumptions", in.Assumptions, 4000}); err != nil {
		return err
	}
	switch {
	case in.Places != 1:
		return RefuseField(Invalid, "places", "A need is one child's: offer one place.")
	case (s.Kind == SettingHome) != (live.LotKind == LotChildrensHome):
		return RefuseField(Invalid, "setting", "This lot is not for places in a setting of this kind: a children's home offers in a lot of homes, a school in a lot of school places.")
	case s.AgeHigh < n.AgeLow || s.AgeLow > n.AgeHigh:
		return RefuseField(Invalid, "setting", "This setting takes ages %d to %d; the need is for %d to %d.", s.AgeLow, s.AgeHigh, n.AgeLow, n.AgeHigh)
	case in.StartsOn.Before(n.StartFrom.Time) || in.StartsOn.After(n.StartTo.Time):
		return RefuseField(Invalid, "startsOn", "The first day lies between %s and %s.", n.StartFrom, n.StartTo)
	}
	return nil
}

// offerPrice sums the fees exactly: pounds a week, and a year of 38, 44 or 52 weeks.
func offerPrice(in SubmitOfferInput) (OfferPrice, error) {
	price := OfferPrice{Weeks: in.Weeks}
	if in.Weeks != 38 && in.Weeks != 44 && in.Weeks != 52 {
		return price, RefuseField(Invalid, "weeks", "A year of a place has 38, 44 or 52 weeks.")
	}
	if len(in.Fees) > 30 {
		return price, RefuseField(Invalid, "fees", "Give at most 30 fee lines.")
	}
	if hasDuplicateFee(in.Fees) {
		return price, RefuseField(Invalid, "fees", "Two fee lines are the same in kind and description: sum them, or say how they differ.")
	}
	for _, f := range in.Fees {
		if err := checkTexts(InputText{"fees.description", f.Description, 200}); err != nil {
			return price, err
		}
		if f.Weekly.IsNegative() || f.Weekly.GreaterThan(mostWeeklyPounds.Decimal) {
			return price, RefuseField(Invalid, "fees.weekly", "A fee is from 0.00 to 99999.99 pounds a week.")
		}
		price.Weekly.Decimal = price.Weekly.Add(f.Weekly.Decimal)
		price.Fees = append(price.Fees, &Fee{Kind: f.Kind, Description: f.Description, Weekly: f.Weekly})
	}
	if !price.Weekly.IsPositive() {
		return price, RefuseField(Invalid, "fees", "Give at least one fee above zero: an offer without a price cannot be compared.")
	}
	price.Annual.Decimal = price.Weekly.Mul(decimal.NewFromInt(int64(in.Weeks)))
	return price, nil
}

// hasDuplicateFee says whether two lines of fees claim to pay for the same thing.
func hasDuplicateFee(fees []FeeInput) bool {
	seen := map[string]bool{}
	for _, f := range fees {
		line := string(f.Kind) + ":" + strings.ToLower(strings.Join(strings.Fields(f.Description), " "))
		if seen[line] {
			return true
		}
		seen[line] = true
	}
	return false
}

// WithdrawOffer checks a withdrawal: once, and before the deadline.
func WithdrawOffer(o Offer, n Need, now time.Time) error {
	if o.WithdrawnAt != nil {
		return Refuse(WrongState, "This offer is withdrawn already.")
	}
	return requireOpenForOffers(n, now)
}

// Stage is what an opening opens.
type Stage string

// Stages of opening. StageQuality opens prices too, unless the procedure keeps them for last.
const (
	StageQuality Stage = "QUALITY"
	StagePrice   Stage = "PRICE"
)

// Stages is a list of stages; it is read from a JSON array.
type Stages []Stage

// Scan reads the array.
func (s *Stages) Scan(v any) error { return scanArray(v, s) }

// OpeningStage says what an officer who says "open" now would open: nothing before the deadline, then offers, then,
// where prices come last, the prices once quality is locked.
func OpeningStage(n Need, p Procedure, now time.Time) (Stage, error) {
	switch {
	case n.WithdrawnAt != nil:
		return "", requireNotWithdrawn(n)
	case n.UrgentReason != nil:
		return "", requireNotUrgent(n)
	case n.Deadline == nil:
		return "", Refuse(WrongState, "This need is not published.")
	case !now.After(*n.Deadline):
		return "", Refuse(TooEarly, "Offers stay sealed until the deadline, %s.", n.Deadline.In(London).Format("2 January 2006 15:04:05 MST"))
	case n.OpenedAt == nil:
		return StageQuality, nil
	case n.PricesOpenedAt != nil || !p.PriceLast:
		return "", Refuse(WrongState, "The offers of this need are open already.")
	case n.QualityLockedAt == nil:
		return "", Refuse(TooEarly, "Prices stay sealed until quality is locked.")
	default:
		return StagePrice, nil
	}
}
