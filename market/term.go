package market

import "time"

// monthsOfTerm is how long a term is, for what families are asked: from 1 January, 1 May and 1 September. Schools' own terms begin and end
// within these days.
const monthsOfTerm = 4

// TermOf is the first day of the term of t, in London.
func TermOf(t time.Time) Date {
	year, month, _ := t.In(London).Date()
	return NewDate(year, (month-1)/monthsOfTerm*monthsOfTerm+1, 1)
}

// NextTerm is the first day of the term after one.
func NextTerm(term Date) Date { return term.AddMonths(monthsOfTerm) }
