package main

import (
	"bufio"
	"io"
	"regexp"
	"strconv"
	"sync/atomic"
)

// garbageCounter is what a program in Go has allocated, in bytes, as its own notes of each collection tell (GODEBUG=gctrace=1): to
// within what it allocates between two of them.
type garbageCounter struct {
	allocated atomic.Int64
	live      int // megabytes that the last collection left
}

// collectionLine are the megabytes at the beginning of a collection, at its end, and those that are still in use.
var collectionLine = regexp.MustCompile(`^gc \d+ .* (\d+)->(\d+)->(\d+) MB`)

// readTraces reads the lines of the collector until they end, and passes on every other line.
func (g *garbageCounter) readTraces(notes *io.PipeReader, rest io.Writer) {
	defer notes.Close()
	for lines := bufio.NewScanner(notes); lines.Scan(); {
		found := collectionLine.FindSubmatch(lines.Bytes())
		if found == nil {
			_, _ = rest.Write(append(lines.Bytes(), '\n'))
			continue
		}
		var megabytes [3]int
		for i, text := range found[1:] {
			megabytes[i], _ = strconv.Atoi(string(text))
		}
		g.allocated.Add(int64(megabytes[1]-g.live) << 20)
		g.live = megabytes[2]
	}
}
