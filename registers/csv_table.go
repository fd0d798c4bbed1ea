package registers

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/southeasttogether/dps/market/text"
)

// BrokenFileError says that a file is not what it should be, so that nothing of it is believed.
type BrokenFileError struct {
	Line  int // 0 where it is the whole file
	Cause string
}

func (b *BrokenFileError) Error() string {
	if b.Line == 0 {
		return "the file " + b.Cause
	}
	return fmt.Sprintf("line %d %s", b.Line, b.Cause)
}

// maxLineBytes is how many bytes a line may have: an extract's have 2,000. One quote that is never closed would otherwise bring
// the whole file into memory.
const maxLineBytes = 1 << 17

// lineLimitReader is a reader that ends with an error where more is read for one line than a line may have.
type lineLimitReader struct {
	io.Reader
	left int
}

var errLineTooLong = errors.New("too long")

func (b *lineLimitReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLineTooLong
	}
	n, err := b.Reader.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// table is a file of comma-separated values whose first line names the columns. They are found by name, because they
// differ by year.
type table struct {
	csv       *csv.Reader
	lineLimit *lineLimitReader
	columns   map[string]int
	folded    map[string]int // the same, by the name as it is compared
	record    []string
	line      int
}

// newTable reads the header.
func newTable(file io.Reader) (*table, error) {
	t := &table{lineLimit: &lineLimitReader{Reader: file, left: maxLineBytes}, columns: map[string]int{}, folded: map[string]int{}}
	start := bufio.NewReader(t.lineLimit)
	if mark, _ := start.Peek(3); string(mark) == "\uFEFF" {
		_, _ = start.Discard(3)
	}
	t.csv = csv.NewReader(start)
	t.csv.ReuseRecord = true
	if err := t.readLine(); err == io.EOF { //nolint:errorlint // as it is
		return nil, &BrokenFileError{Cause: "is empty"}
	} else if err != nil {
		return nil, err
	}
	for i, name := range t.record {
		name = strings.TrimSpace(decodeText(name))
		if name == "" {
			continue
		}
		if _, ok := t.columns[name]; ok {
			return nil, &BrokenFileError{1, fmt.Sprintf("names the column %q twice", name)}
		}
		t.columns[name] = i
		if _, ok := t.folded[text.Fold(name)]; !ok {
			t.folded[text.Fold(name)] = i
		}
	}
	return t, nil
}

// readLine reads a line. It gives io.EOF after the last one, and a *BrokenFileError for a line that does not belong in
// such a table.
func (t *table) readLine() (err error) {
	t.lineLimit.left = maxLineBytes
	t.record, err = t.csv.Read()
	var wrong *csv.ParseError
	switch {
	case err == nil:
		t.line, _ = t.csv.FieldPos(0)
		return nil
	case errors.Is(err, errLineTooLong):
		return &BrokenFileError{t.line + 1, "never ends: a quote is opened and not closed"}
	case errors.Is(err, csv.ErrFieldCount):
		line, _ := t.csv.FieldPos(0)
		return &BrokenFileError{line, fmt.Sprintf("has %d values but the header has %d: the file is incomplete or damaged",
			len(t.record), t.csv.FieldsPerRecord)}
	case errors.As(err, &wrong):
		return &BrokenFileError{wrong.StartLine, "is not comma-separated values: a quote is in the wrong place or is not closed"}
	}
	return err
}

// requireColumns refuses a table that lacks a column.
func (t *table) requireColumns(columns ...string) error {
	missing := slices.DeleteFunc(slices.Clone(columns), t.hasColumn)
	if len(missing) == 0 {
		return nil
	}
	cause := fmt.Sprintf("has no column \"%s\": this is not the expected file", strings.Join(missing, `", "`))
	for _, column := range missing {
		if near := t.columnsLike(column); len(near) > 0 {
			cause += fmt.Sprintf(", or %q is called \"%s\" in it", column, strings.Join(near, `" or "`))
		}
	}
	return &BrokenFileError{1, cause}
}

// mostLike limits how many columns are named as like a missing one.
const mostLike = 3

// columnsLike are the columns of the file whose names share most words with another name, or contain it or are in it, in whatever capitals
// and spaces.
func (t *table) columnsLike(wanted string) []string {
	shared := map[string]int{}
	words, joined := strings.Fields(text.Fold(wanted)), strings.ReplaceAll(text.Fold(wanted), " ", "")
	for name, i := range t.columns {
		if i < 0 {
			continue
		}
		other := strings.Fields(text.Fold(name))
		for _, word := range words {
			if len(word) > 2 && slices.Contains(other, word) {
				shared[name] += 2
			}
		}
		run := strings.Join(other, "")
		if len(run) > 3 && strings.Contains(joined, run) || len(joined) > 3 && strings.Contains(run, joined) {
			shared[name] += 3
		}
	}
	near := slices.SortedFunc(maps.Keys(shared), func(a, b string) int {
		return cmp.Or(shared[b]-shared[a], len(a)-len(b), strings.Compare(a, b))
	})
	return near[:min(len(near), mostLike)]
}

func (t *table) hasColumn(column string) bool {
	_, ok := t.columnNamed(column)
	return ok
}

// columnNamed finds a column by its name, in whatever capitals, spaces and apostrophes.
func (t *table) columnNamed(name string) (int, bool) {
	if i, ok := t.columns[name]; ok {
		return i, i >= 0
	}
	i, ok := t.folded[text.Fold(name)]
	if !ok || name == "" {
		i, ok = -1, false
	}
	t.columns[name] = i // found at once for the next line
	return i, ok
}

// trimmedValue is what a line has in a column, with its space taken off; "" where there is no such column.
func (t *table) trimmedValue(column string) string {
	i, ok := t.columnNamed(column)
	if !ok {
		return ""
	}
	return strings.TrimSpace(decodeText(t.record[i]))
}
