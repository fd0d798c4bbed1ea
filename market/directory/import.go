package directory

import (
	"iter"

	"github.com/southeasttogether/dps/market"
)

// DirectoryFile is a file of a national directory of settings, read once from its start to its end.
type DirectoryFile struct {
	Kind     market.SettingKind
	Columns  []string                         // columns of a setting that the file tells of; the others stay as they are
	Entries  iter.Seq2[DirectoryEntry, error] // an error says that the file is broken
	Outcodes func() []OutcodeCentre           // what the file told of them, once its end is reached
}

// DirectoryEntry is what a directory tells of one setting. Of a closed one it is the URN and the day alone.
type DirectoryEntry struct {
	market.Setting
	Line        int     // of the file
	PreviousURN *string // under which it stood before, where the directory says so
	DfENumber   *string // of a school: authority and establishment number, which outlast a URN
	Address     string  // kept apart
	Inspection  *market.Inspection
}

// OutcodeCentre is where the schools of an outcode are in the mean, in metres of the National Grid.
type OutcodeCentre struct {
	Outcode           string
	Easting, Northing int
	Schools           int
}
