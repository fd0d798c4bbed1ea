package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/market"
)

// Errors that are not refusals of the market. Their texts are for operators; callers see a code of the schema.
var (
	ErrForbidden   = errors.New("the capacity has no such act")
	ErrRevoked     = errors.New("the token was revoked")
	ErrUnavailable = session.ErrUnavailable
)

// guardRefusals are the refusals that the database itself makes, by SQLSTATE: the last word on a rule that market checks first.
var guardRefusals = map[pqerror.Code]*market.Refusal{
	"DPS03": market.Refuse(market.WrongState, "This lot is published and cannot be changed."),
	"DPS04": market.RefuseField(market.Invalid, "criteria",
		"Weights must add up to 100, with at least one criterion of quality and at most one of price."),
	"DPS05": market.ErrDeadlinePassed,
	"DPS06": market.Refuse(market.NoCapacity, "Every registered place of this setting is taken on at least one of the dates."),
	"DPS11": market.Refuse(market.WrongState, "This need has a live award, so it cannot be withdrawn. "+market.ForAnotherPlace),
	"DPS15": market.Refuse(market.WrongState, "This need ended without an award."),
	"DPS13": market.Refuse(market.WrongState, "No place can be awarded, because the school that the family asked for has been named."),
	"DPS14": market.Refuse(market.TooEarly,
		"The family asked for a school, and the law requires a decision on that: decide it first."),
	"DPS16": market.Refuse(market.TooEarly,
		"Decide the query about a price of this need first, because the lowest price affects every score."),
	"DPS19": market.Refuse(market.WrongState, "This school has not been named for this need (Children and Families Act 2014, s 39)."),
	"DPS17": market.Refuse(market.WrongState, "A place by a route other than competition is proposed or agreed for this need."),
	"DPS18": market.Refuse(market.WrongState,
		"Offers for an urgent need are made by telephone, and offers for any other need are sealed."),
	"DPS12": market.ErrAwardedBeforeQuery,
	"DPS40": market.Refuse(market.WrongState,
		"A child is placed in this setting, so its link cannot be taken back: hand it over to the provider that runs it, with handOverSetting."),
	"DPS41": market.ErrNotRunByProvider,
	"DPS42": market.Refuse(market.TooEarly,
		"The authority has to publish the award notice before anybody signs (Procurement Act 2023, s 50(1)): it records it with "+
			"recordAwardNotice."),
	"DPS07": market.Refuse(market.WrongState, "This need is published and cannot be changed."),
}

// uniqueRefusals are the refusals behind unique indexes, by their names.
var uniqueRefusals = map[string]*market.Refusal{
	"joint_share_pkey":      market.Refuse(market.WrongState, "One of these needs has already been published."),
	"need_link_pkey":        market.Refuse(market.AlreadyExists, "These needs are already linked."),
	"award_one_live":        market.ErrLiveAward,
	"registration_one_open": market.Refuse(market.AlreadyExists, "Your organisation already has a registration that waits for a decision."),
	"provider_company_number_key": market.RefuseField(market.AlreadyExists, "companyNumber",
		"Another provider of the region already has this number."),
	"provider_charity_number_key": market.RefuseField(market.AlreadyExists, "charityNumber",
		"Another provider of the region already has this number."),
	"provider_ukprn_key":         market.RefuseField(market.AlreadyExists, "ukprn", "Another provider of the region already has this number."),
	"application_one_open":       market.Refuse(market.AlreadyExists, "You already have an open application to this lot."),
	"membership_one_live":        market.Refuse(market.AlreadyExists, "The provider is already a member of this lot."),
	"evidence_file_pkey":         market.Refuse(market.AlreadyExists, "This evidence already has its document."),
	"lot_evidence_pkey":          market.Refuse(market.AlreadyExists, "This lot already asks for this evidence."),
	"delegation_one_live":        market.Refuse(market.AlreadyExists, "This is already delegated."),
	"price_query_one_waits":      market.ErrPriceQueryWaits,
	"no_award_pkey":              market.Refuse(market.AlreadyExists, "This need has already ended without an award."),
	"interest_once":              market.ErrDeclaredAlready,
	"sealed_offer_one_live":      market.Refuse(market.AlreadyExists, "You already have an offer for this setting: amend it."),
	"appointment_one_live":       market.Refuse(market.AlreadyExists, "This person is already appointed to this."),
	"organisation_dfe_code_key":  market.ErrCodeTaken,
	"naming_one_named":           market.Refuse(market.AlreadyExists, "A school has already been named for this need."),
	"naming_preference_id_key":   market.ErrRequestDecided,
	"family_invitation_one_open": market.Refuse(market.AlreadyExists, "This family has just been invited: use that code."),
	"family_invitation_one_answer": market.Refuse(market.AlreadyExists,
		"You have already told us this term. Ask for a new code next term if you would like to say more."),
	"telephone_offer_one": market.Refuse(market.AlreadyExists, "An offer of this setting has already been entered."),
}

// translateError turns an error of PostgreSQL into a refusal or one of the errors above. Neither carries its text.
func translateError(err error) error {
	var pqErr *pq.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), connectionLost(err):
		return errors.Join(ErrUnavailable, err)
	case !errors.As(err, &pqErr):
		return err
	}
	if refusal, ok := guardRefusals[pqErr.Code]; ok {
		return refusal
	}
	switch pqErr.Code {
	case "DPS01":
		return ErrRevoked
	case "23505":
		if refusal, ok := uniqueRefusals[pqErr.Constraint]; ok {
			return refusal
		}
	case "42501", "23503":
		// Row-level security or a missing grant; or what a row names is not there, like the provider of a token that was made
		// out wrongly. Hidden and absent give the same answer.
		DbLogger().Warn("refused by the database's own wall", "table", pqErr.Table, "routine", pqErr.Routine, "text", pqErr.Message)
		return market.Absent("record")
	case "22021": // a zero byte, or what is no UTF-8
		return market.Refuse(market.Invalid, "A text contains a character that cannot be stored: remove it.")
	case "55P03", "25P03", "25006", "26000": // the last two: the server is a standby now, or the session is another (session.conn)
		return errors.Join(ErrUnavailable, err)
	}
	if slices.ContainsFunc(busyClasses, func(class string) bool { return strings.HasPrefix(string(pqErr.Code), class) }) {
		return errors.Join(ErrUnavailable, err)
	}
	if strings.HasPrefix(string(pqErr.Code), "22") || strings.HasPrefix(string(pqErr.Code), "P0") {
		return quotingError{pqErr}
	}
	return err
}

// quotingError is an error in whose text PostgreSQL repeats values, which may be personal data: one about data (class 22), or one
// that a trigger raises (class P0). Its own text leaves them out, wherever it is logged.
type quotingError struct{ cause *pq.Error }

func (q quotingError) Error() string { return "PostgreSQL's error " + string(q.cause.Code) }

func (q quotingError) Unwrap() error { return q.cause }

// busyClasses are the classes of SQLSTATE that say "not now": connection lost, chosen to end a deadlock, out of something,
// stopped by a timeout or an operator.
var busyClasses = []string{"08", "40", "53", "57"}

// connectionLost says that the connection broke. Whether a COMMIT on its way arrived is then unknown: a retry with the same key tells.
func connectionLost(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &network)
}

// AbsentIfNoRows names what was not found.
func AbsentIfNoRows(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return market.Absent(what)
	}
	return err
}
