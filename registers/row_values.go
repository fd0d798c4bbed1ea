package registers

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/southeasttogether/dps/market"
)

// row reads the values of a line. One that is not as it should be is reported and left out, and the rest of the line is taken. A line
// without the number of a setting is rejected. A report names the column and does not repeat what is in it, which may be an address.
type row struct {
	*table
	rejectCause string
	notes       []string
	unread      []string // columns of a setting that the line has no readable value for
	today       market.Date
}

func (r *row) readNext() error {
	r.rejectCause, r.notes, r.unread = "", nil, nil
	return r.readLine()
}

// leave reports a value that is not taken. The column of a setting, if it is one, stays as it was.
func (r *row) leave(setting, format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
	if setting != "" {
		r.unread = append(r.unread, setting)
	}
}

func (r *row) rejectLine(format string, args ...any) {
	if r.rejectCause == "" {
		r.rejectCause = fmt.Sprintf(format, args...)
	}
}

// shortText is a text of at most the given number of characters, on one line; "" if the value is empty or cannot be read.
func (r *row) shortText(column string, limit int, setting string) string {
	text := strings.Join(strings.Fields(r.trimmedValue(column)), " ")
	switch {
	case utf8.RuneCountInString(text) > limit:
		r.leave(setting, "%s has more than %d characters", column, limit)
	case !isReadable(text):
		r.leave(setting, "%s contains a character that cannot be read", column)
	default:
		return text
	}
	return ""
}

// requiredText is a text that every setting has. Where a line lacks it, a setting that is known keeps what it had.
func (r *row) requiredText(column string, limit int, setting string) string {
	text := r.shortText(column, limit, setting)
	if text == "" && !slices.Contains(r.unread, setting) {
		r.leave(setting, "%s is empty", column)
	}
	return text
}

var digitsOnly = regexp.MustCompile(`^[0-9]{1,9}$`)

// wholeNumber is a whole number from low to high, nil where it is blank. A spreadsheet may have written 1430 as 1,430 or 1430.0.
func (r *row) wholeNumber(column string, low, high int, setting string) *int {
	text := strings.TrimSuffix(strings.ReplaceAll(r.trimmedValue(column), ",", ""), ".0")
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || !digitsOnly.MatchString(text) || n < low || n > high {
		r.leave(setting, "%s must be a whole number from %d to %d", column, low, high)
		return nil
	}
	return &n
}

// paddedCode is a code of the given number of digits. A spreadsheet may have removed zeros from its front. It is nil if
// the value is empty.
func (r *row) paddedCode(column string, length int, setting string) *string {
	text := strings.TrimSuffix(r.trimmedValue(column), ".0")
	if text == "" {
		return nil
	}
	if !digitsOnly.MatchString(text) || len(text) > length {
		r.leave(setting, "%s must be a code of %d digits", column, length)
		return nil
	}
	return new(strings.Repeat("0", max(0, length-len(text))) + text)
}

// dayForms are how registers and spreadsheets write a day, once slashes, dots and spaces are dashes: always the day before the month.
var dayForms = []string{"2-1-2006", "2006-1-2", "2-Jan-2006", "2-January-2006", "2-1-06", "2-Jan-06"}

var (
	dayMarks    = strings.NewReplacer("/", "-", ".", "-", " ", "-")
	midnightEnd = regexp.MustCompile(`[ T]00:00(:00(\.0+)?)?Z?$`)
)

// mostYearsToCome is how far ahead a day of a register can be: with two digits, 65 is 1965.
const mostYearsToCome = 30

// dayValue is a day, nil where it is blank.
func (r *row) dayValue(column, setting string) *market.Date {
	text := r.trimmedValue(column)
	if strings.Contains(text, ":") {
		text = midnightEnd.ReplaceAllString(text, "")
	}
	text = dayMarks.Replace(text)
	if text == "" {
		return nil
	}
	for _, form := range dayForms {
		day, err := time.Parse(form, text)
		if err != nil {
			continue
		}
		if !strings.Contains(form, "2006") && day.Year() > r.today.Year()+mostYearsToCome {
			day = day.AddDate(-100, 0, 0)
		}
		if day.Year() >= 1000 && day.Year() <= r.today.Year()+100 {
			return &market.Date{Time: day}
		}
	}
	r.leave(setting, "%s must be a date like DD-MM-YYYY", column)
	return nil
}

// joinedText are the values of several columns as one text.
func (r *row) joinedText(columns []string, limit int) string {
	var parts []string
	for _, column := range columns {
		if text := r.shortText(column, limit, "address"); text != "" {
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
