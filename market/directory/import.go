// Package directory has the rules of settings, places, saved searches, vacancies and the import of settings.
package directory

import (
	"iter"

	"github.com/southeasttogether/dps/market"
)

// DirectoryFile is a file of a national directory of settings, read once from start to end.
type DirectoryFile struct {
	Kind     market.SettingKind
	Columns  []string                         // columns of a setting that the file has; the others are not changed
	Entries  iter.Seq2[DirectoryEntry, error] // an error says that the file is broken
	Outcodes func() []OutcodeCentre           // set when the end of the file is reached

	StopAbove int // percent of the settings known here that an import can close or miss; 0 for no limit
}

// DirectoryEntry is what a directory says about one setting. For one that is listed as closed it has only the URN and the day. What the
// directory leaves blank is nil. What it says in words that cannot be read is Unread: it stays as it was.
type DirectoryEntry struct {
	market.Setting
	Line        int      // line of the file
	Closed      bool     // listed as closed; an open setting can have a ClosedOn to come
	ClosedBy    bool     // it closed on ClosedOn or before: no day is told
	Unread      []string // columns of a setting
	PreviousURN *string  // its earlier URN, if the directory has one
	DfENumber   *string  // for a school: authority and establishment number, which outlast a URN
	Address     string   // kept separately
	Inspection  *market.Inspection

	BelowStandard    bool // the judgement of the inspection is below the standard, or not known
	UnknownJudgement bool
}

// OutcodeCentre is the mean position of the schools of an outcode, in metres of the National Grid.
type OutcodeCentre struct {
	Outcode           string
	Easting, Northing int
	Schools           int
}
