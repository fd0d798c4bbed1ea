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
	cause string
}

func (r *row) reject(format string, args ...any) {
	if r.cause == "" {
		r.cause = fmt.Sprintf(format, args...)
	}
}

// text is a text of at most so many characters, on one line; "" where nothing stands.
func (r *row) text(column string, most int) string {
	text := strings.Join(strings.Fields(r.value(column)), " ")
	if utf8.RuneCountInString(text) > most {
		r.reject("%s has more than %d characters", column, most)
	}
	if !readable(text) {
		r.reject("%s holds a character that cannot be read", column)
	}
	return text
}

// given is a text that must be there.
func (r *row) given(column string, most int) string {
	text := r.text(column, most)
	if text == "" {
		r.reject("%s is empty", column)
	}
	return text
}

var digits = regexp.MustCompile(`^[0-9]{1,9}$`)

// number is a whole number from low to high; nil where nothing stands.
func (r *row) number(column string, low, high int) *int {
	text := r.value(column)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || !digits.MatchString(text) || n < low || n > high {
		r.reject("%s is not a whole number from %d to %d", column, low, high)
	}
	return &n
}

// code is a code of so many digits; a spreadsheet on its way may have taken zeros from its front. nil where nothing stands.
func (r *row) code(column string, length int) *string {
	text := r.value(column)
	if text == "" {
		return nil
	}
	if !digits.MatchString(text) || len(text) > length {
		r.reject("%s is not a code of %d digits", column, length)
	}
	return new(strings.Repeat("0", max(0, length-len(text))) + text)
}

// date is a day, written DD-MM-YYYY as GIAS has it or DD/MM/YYYY as Ofsted has it; nil where nothing stands.
func (r *row) date(column string) *market.Date {
	text := r.value(column)
	if text == "" {
		return nil
	}
	day, err := time.Parse("02-01-2006", strings.ReplaceAll(text, "/", "-"))
	if err != nil || day.Year() < 1000 {
		r.reject("%s is not a date DD-MM-YYYY", column)
		return nil
	}
	return &market.Date{Time: day}
}

// joined are the values of several columns as one text.
func (r *row) joined(columns []string, most int) string {
	var parts []string
	for _, column := range columns {
		if text := r.text(column, most); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

// A postcode's first part, and the whole of one. Source: the form of BS 7666 as GOV.UK gives it (check).
var (
	postcode = regexp.MustCompile(`^([A-Z]{1,2}[0-9][A-Z0-9]?) ?[0-9][A-Z]{2}$`)
	written  = regexp.MustCompile(`(?i)\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b`)
)

// outcode is the first part of a postcode; nil where there is no postcode.
func (r *row) outcode(column string) *string {
	found := postcode.FindStringSubmatch(strings.ToUpper(r.value(column)))
	if found == nil {
		return nil
	}
	return new(strings.Clone(found[1])) // of the line, only this is kept
}
