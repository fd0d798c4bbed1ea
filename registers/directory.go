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
	otherType = "another type of establishment"
	notOpen   = "not open yet"
)

// File is a file of a directory while it is read.
type File struct {
	Rows    int                          // lines read, without the header
	Open    int                          // settings that it says are open
	Closed  int                          // settings that it says are closed
	Skipped map[string]int               // lines that do not concern the market, by reason
	Wrong   int                          // lines rejected
	Reject  func(line int, cause string) // hears of each line that is rejected, as it is read
	kind    market.SettingKind
	told    []string
	row     row
	read    func(*row) (entry *directory.DirectoryEntry, skipped string)
	seen    map[string]int // URN and the line it stood on
	places  outcodes
	links   Links
}

func newFile(t *table, kind market.SettingKind, told []string, read func(*row) (*directory.DirectoryEntry, string)) *File {
	return &File{Skipped: map[string]int{}, Reject: func(int, string) {}, kind: kind, told: told, row: row{table: t}, read: read,
		seen: map[string]int{}, places: outcodes{}}
}

// Directory is the file as the market takes it in.
func (f *File) Directory() directory.DirectoryFile {
	return directory.DirectoryFile{Kind: f.kind, Columns: f.told, Entries: f.entries, Outcodes: f.places.means}
}

// Read reads the file to its end for its report alone.
func (f *File) Read() error {
	for _, err := range f.entries {
		if err != nil {
			return err
		}
	}
	return nil
}

// entries are the settings of the file, and at last an error where it is broken.
func (f *File) entries(yield func(directory.DirectoryEntry, error) bool) {
	for {
		entry, err := f.next()
		if errors.Is(err, io.EOF) {
			if f.Rows == 0 {
				yield(directory.DirectoryEntry{}, &Broken{Cause: "has no line after its header"})
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

// next reads a line: a setting, or nil for a line that is skipped or rejected.
func (f *File) next() (*directory.DirectoryEntry, error) {
	if err := f.row.next(); err != nil {
		return nil, err
	}
	f.Rows++
	f.row.cause = ""
	entry, skipped := f.read(&f.row)
	f.places.add(&f.row, f.kind)
	if entry != nil && entry.PreviousURN == nil && f.links[entry.Urn] != "" {
		entry.PreviousURN = new(f.links[entry.Urn])
	}
	switch {
	case skipped != "":
		f.Skipped[skipped]++
		return nil, nil
	case f.row.cause == "":
		f.once(entry)
	}
	if f.row.cause != "" {
		f.Wrong++
		f.Reject(f.row.line, f.row.cause)
		return nil, nil
	}
	f.count(entry)
	return entry, nil
}

// once rejects a setting that stood on an earlier line.
func (f *File) once(e *directory.DirectoryEntry) {
	if earlier, twice := f.seen[e.Urn]; twice {
		f.row.reject("the URN stands on line %d already", earlier)
		return
	}
	f.seen[strings.Clone(e.Urn)] = f.row.line // a clone: a part of the line would keep all of it in memory
}

func (f *File) count(e *directory.DirectoryEntry) {
	if e.ClosedOn != nil {
		f.Closed++
	} else {
		f.Open++
	}
}
