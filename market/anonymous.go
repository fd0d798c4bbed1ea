package market

import "regexp"

// identifier is a pattern of free text that leads to a child, and what to write in its place.
type identifier struct {
	pattern *regexp.Regexp
	message string
}

// identifiers are the direct identifiers that a pattern can find. A name or a school it cannot know is the writer's to
// leave out: the words that usually stand before one are refused, and the schema says what may not stand here.
var identifiers = []identifier{
	{regexp.MustCompile(`(?i)\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b`),
		"A full postcode stands in this text: leave it out; the first part of the home's postcode has its own field."},
	{regexp.MustCompile(`\b[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}\b`),
		"A number with ten digits, like an NHS or telephone number, stands in this text: leave it out."},
	{regexp.MustCompile(`(?i)\b[A-HJ-NP-RT-Z][0-9]{11}[0-9A-Z]\b|\b[A-HJ-NP-RT-Z][0-9]{12}\b`),
		"A unique pupil number stands in this text: leave it out."},
	{regexp.MustCompile(`(?i)\b[A-CEGHJ-PR-TW-Z]{2}\s*[0-9]{2}\s*[0-9]{2}\s*[0-9]{2}\s*[A-D]\b`),
		"A National Insurance number stands in this text: leave it out."},
	{regexp.MustCompile(`\b[0-3]?[0-9][./-][01]?[0-9][./-](?:19|20)?[0-9]{2}\b|\b(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]\b`),
		"A date, like a date of birth, stands in this text: leave it out; the age band and the start have their own fields."},
	{regexp.MustCompile(`(?i)\b[0-3]?[0-9](?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(?:19|20)[0-9]{2}\b`),
		"A date, like a date of birth, stands in this text: leave it out; the age band and the start have their own fields."},
	{regexp.MustCompile(`(?i)\b(?:d\.?o\.?b\.?|date of birth|born on)\b`),
		"A date of birth stands in this text: leave it out; the age band has its own field."},
	{regexp.MustCompile(`(?i)[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}`),
		"An e-mail address stands in this text: leave it out."},
	{regexp.MustCompile(`(?i:\b(?:is called|called|name is|named|known as|full name:?|name:))\s+[A-Z][a-z]+`),
		"A name stands in this text: write \"the child\" or \"the young person\"."},
	{regexp.MustCompile(`(?:\b[A-Z][\w'’.-]*\s+)+(?:Primary|Junior|Infant|Secondary|High|Grammar|Special)?\s*(?:School|Academy|College|Nursery)\b`),
		"The name of a school stands in this text: write \"the present school\"."},
}

// CheckAnonymous refuses texts in which a direct identifier of a child stands. The message never repeats it.
func CheckAnonymous(texts ...text) error {
	for _, t := range texts {
		for _, i := range identifiers {
			if i.pattern.MatchString(t.value) {
				return RefuseField(IdentifiesChild, t.field, "%s", i.message)
			}
		}
	}
	return nil
}
