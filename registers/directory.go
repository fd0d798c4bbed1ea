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
	OnReject    func(line int, cause string) // hears of each line that is rejected, as it is read
	kind        market.SettingKind
	toldColumns []string
	row         row
	readRow     func(*row) (entry *directory.DirectoryEntry, skipped string)
	lineOfURN   map[string]int // URN and the line it stood on
	outcodes    outcodeSums
	links       Links
}

func newFile(t *table, kind market.SettingKind, told []string, read func(*row) (*directory.DirectoryEntry, string)) *File {
	return &File{
		Skipped: map[string]int{}, OnReject: func(int, string) {}, kind: kind, toldColumns: told, row: row{table: t}, readRow: read,
		lineOfURN: map[string]int{}, outcodes: outcodeSums{},
	}
}

// Directory is the file as the market takes it in.
func (f *File) Directory() directory.DirectoryFile {
	return directory.DirectoryFile{Kind: f.kind, Columns: f.toldColumns, Entries: f.yieldEntries, Outcodes: f.outcodes.meanPositions}
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
	if err := f.row.readLine(); err != nil {
		return nil, err
	}
	f.Rows++
	f.row.rejectCause = ""
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
	f.countSetting(entry)
	return entry, nil
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
	if e.ClosedOn != nil {
		f.Closed++
	} else {
		f.Open++
	}
}
