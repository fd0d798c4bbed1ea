package market

import "iter"

// DirectoryFile is a file of a national directory of settings, read once from its start to its end.
type DirectoryFile struct {
	Kind     SettingKind
	Columns     []string                // columns of a setting that the file tells of; the others stay as they are
	Entries  iter.Seq2[DirectoryEntry, error] // an error says that the file is broken
	Outcodes func() []OutcodeCentre        // what the file told of them, once its end is reached
}

// DirectoryEntry is what a directory tells of one setting. Of a closed one it is the URN and the day alone.
type DirectoryEntry struct {
	Setting
	Line        int     // of the file
	PreviousURN *string // under which it stood before, where the directory says so
	DfENumber   *string // of a school: authority and establishment number, which outlast a URN
	Address     string  // kept apart
	Inspection  *Inspection
}

// OutcodeCentre is where the schools of an outcode are in the mean, in metres of the National Grid.
type OutcodeCentre struct {
	Outcode           string
	Easting, Northing int
	Schools           int
}

// LinkSettingInput says whose a setting is.
type LinkSettingInput struct {
	IdempotencyKey string
	Setting        ID
	Provider       ID
}

// LinkSetting says whether somebody may still say whose a setting is. Once said it stays: offers, awards and placements
// hang on it.
func LinkSetting(s Setting) error {
	if s.ProviderID != nil {
		return Refuse(WrongState, "It is said already whose this setting is.")
	}
	if s.ClosedOn != nil {
		return Refuse(WrongState, "This setting is closed.")
	}
	return nil
}
