package registers

import (
	"errors"
	"io"
	"strings"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/directory"
)

// Reasons to skip a line.
const (
	reasonOtherType = "another type of establishment"
	reasonNotOpen   = "not open yet"
)

// File is a file of a directory while it is read.
type File struct {
	Rows        int                          // lines read, without the header
	Open        int                          // settings that it says are open
	Closed      int                          // settings that it says are closed
	Skipped     map[string]int               // lines that do not concern the market, by reason
	Rejected    int                          // lines rejected
	Noted       int                          // lines of which a value was not taken
	OnReject    func(line int, cause string) // hears of each line that is rejected, as it is read
	OnNote      func(line int, note string)  // hears of each value that is not taken, as it is read
	StopAbove   int                          // percent of lines, or of settings that are known, that can be lost; 0 for any
	kind        market.SettingKind
	toldColumns []string
	row         row
	readRow     func(*row) (entry *directory.DirectoryEntry, skipped string)
	lineOfURN   map[string]int // URN and the line it stood on
	outcodes    outcodeSums
	links       Links
	filters     []*columnFilter           // of the map of the file
	words       map[string]map[string]int // words that no filter has, with their lines, by column
}

func newFile(r row, kind market.SettingKind, told []string, read func(*row) (*directory.DirectoryEntry, string)) *File {
	return &File{
		Skipped: map[string]int{}, OnReject: func(int, string) {}, OnNote: func(int, string) {}, kind: kind, toldColumns: told, row: r,
		readRow: read, lineOfURN: map[string]int{}, outcodes: outcodeSums{}, words: map[string]map[string]int{},
	}
}

// Directory is the file as the market takes it in.
func (f *File) Directory() directory.DirectoryFile {
	return directory.DirectoryFile{
		Kind: f.kind, Columns: f.toldColumns, Entries: f.yieldEntries, Outcodes: f.outcodes.meanPositions, StopAbove: f.StopAbove,
	}
}

// Read reads the file to its end for its report alone.
func (f *File) Read() error {
	for _, err := range f.yieldEntries {
		if err != nil {
			return err
		}
	}
	return nil
}

// yieldEntries are the settings of the file, and at last an error where it is broken.
func (f *File) yieldEntries(yield func(directory.DirectoryEntry, error) bool) {
	for {
		entry, err := f.readEntry()
		if errors.Is(err, io.EOF) {
			if f.Rows == 0 {
				yield(directory.DirectoryEntry{}, &BrokenFileError{Cause: "has no line after its header"})
			} else if err := f.requireMost(); f.StopAbove > 0 && err != nil {
				yield(directory.DirectoryEntry{}, err)
			}
			return
		}
		if err != nil {
			yield(directory.DirectoryEntry{}, err)
			return
		}
		if entry != nil && !yield(*entry, nil) {
			return
		}
	}
}

// readEntry reads a line: a setting, or nil for a line that is skipped or rejected.
func (f *File) readEntry() (*directory.DirectoryEntry, error) {
	if err := f.row.readNext(); err != nil {
		return nil, err
	}
	f.Rows++
	f.countWords()
	entry, skipped := f.readRow(&f.row)
	f.outcodes.addSchool(&f.row, f.kind)
	if entry != nil && entry.PreviousURN == nil && f.links[entry.Urn] != "" {
		entry.PreviousURN = new(f.links[entry.Urn])
	}
	switch {
	case skipped != "":
		f.Skipped[skipped]++
		return nil, nil
	case f.row.rejectCause == "":
		f.rejectRepeated(entry)
	}
	if f.row.rejectCause != "" {
		f.Rejected++
		f.OnReject(f.row.line, f.row.rejectCause)
		return nil, nil
	}
	f.reportNotes(entry)
	f.countSetting(entry)
	return entry, nil
}

// reportNotes reports the values of a line that were not taken.
func (f *File) reportNotes(e *directory.DirectoryEntry) {
	e.Unread = f.row.unread
	if len(f.row.notes) == 0 {
		return
	}
	f.Noted++
	for _, note := range f.row.notes {
		f.OnNote(f.row.line, note)
	}
}

// rejectRepeated rejects a setting that was on an earlier line.
func (f *File) rejectRepeated(e *directory.DirectoryEntry) {
	if earlier, ok := f.lineOfURN[e.Urn]; ok {
		f.row.rejectLine("line %d has the same URN", earlier)
		return
	}
	f.lineOfURN[strings.Clone(e.Urn)] = f.row.line // a clone: a part of the line would keep all of it in memory
}

func (f *File) countSetting(e *directory.DirectoryEntry) {
	if e.Closed {
		f.Closed++
	} else {
		f.Open++
	}
}
