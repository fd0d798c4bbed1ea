package registers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/southeasttogether/dps/market"
)

// row reads the values of a line. The first that is not as it should be is the cause to reject the line; it names the
// column and does not repeat what stands there, for there may be an address in it.
type row struct {
	*table
	rejectCause string
}

func (r *row) rejectLine(format string, args ...any) {
	if r.rejectCause == "" {
		r.rejectCause = fmt.Sprintf(format, args...)
	}
}

// shortText is a text of at most the given number of characters, on one line; "" if the value is empty.
func (r *row) shortText(column string, limit int) string {
	text := strings.Join(strings.Fields(r.trimmedValue(column)), " ")
	if utf8.RuneCountInString(text) > limit {
		r.rejectLine("%s has more than %d characters", column, limit)
	}
	if !isReadable(text) {
		r.rejectLine("%s contains a character that cannot be read", column)
	}
	return text
}

// requiredText is a text that must be there.
func (r *row) requiredText(column string, limit int) string {
	text := r.shortText(column, limit)
	if text == "" {
		r.rejectLine("%s is empty", column)
	}
	return text
}

var digitsOnly = regexp.MustCompile(`^[0-9]{1,9}$`)

// wholeNumber is a whole number from low to high; nil where nothing stands.
func (r *row) wholeNumber(column string, low, high int) *int {
	text := r.trimmedValue(column)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || !digitsOnly.MatchString(text) || n < low || n > high {
		r.rejectLine("%s must be a whole number from %d to %d", column, low, high)
	}
	return &n
}

// paddedCode is a code of the given number of digits. A spreadsheet may have removed zeros from its front. It is nil if
// the value is empty.
func (r *row) paddedCode(column string, length int) *string {
	text := r.trimmedValue(column)
	if text == "" {
		return nil
	}
	if !digitsOnly.MatchString(text) || len(text) > length {
		r.rejectLine("%s must be a code of %d digits", column, length)
	}
	return new(strings.Repeat("0", max(0, length-len(text))) + text)
}

// dayValue is a day, written DD-MM-YYYY as GIAS has it or DD/MM/YYYY as Ofsted has it; nil where nothing stands.
func (r *row) dayValue(column string) *market.Date {
	text := r.trimmedValue(column)
	if text == "" {
		return nil
	}
	day, err := time.Parse("02-01-2006", strings.ReplaceAll(text, "/", "-"))
	if err != nil || day.Year() < 1000 {
		r.rejectLine("%s must be a date like DD-MM-YYYY", column)
		return nil
	}
	return &market.Date{Time: day}
}

// joinedText are the values of several columns as one text.
func (r *row) joinedText(columns []string, limit int) string {
	var parts []string
	for _, column := range columns {
		if text := r.shortText(column, limit); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

// A postcode's first part, and the whole of one. Source: the form of BS 7666 as GOV.UK gives it (check).
var (
	fullPostcode     = regexp.MustCompile(`^([A-Z]{1,2}[0-9][A-Z0-9]?) ?[0-9][A-Z]{2}$`)
	embeddedPostcode = regexp.MustCompile(`(?i)\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b`)
)

// outcodeOf is the first part of a postcode; nil where there is no postcode.
func (r *row) outcodeOf(column string) *string {
	found := fullPostcode.FindStringSubmatch(strings.ToUpper(r.trimmedValue(column)))
	if found == nil {
		return nil
	}
	return new(strings.Clone(found[1])) // of the line, only this is kept
}
