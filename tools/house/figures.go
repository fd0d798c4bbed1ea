package main

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// What the tree is held to.
const (
	maxColumns        = 140 // of one line
	medianBelow       = 700 // lines of a package without its tests
	packageMost       = 2500
	folderMost        = 40   // Go files, tests aside
	oneWordBelow      = 12.0 // per cent of functions, tests included
	exportedBelow     = 350  // names of one package
	wideBelow         = 0.3  // per cent of lines, tests included
	longFunctionBelow = 30   // lines, at the 95th percentile
	machineryAim      = 2000 // lines; what is above it is told and breaks nothing yet
)

// crowded are the folders that may hold more files than folderMost: gqlgen writes every resolver into one package.
var crowded = []string{"resolvers"}

// machinery is what reads: folders with all below them, and single files. Tests aside.
var machinery = []string{
	"db/internal/engine/view.go",
	"db/internal/rowset",
	"db/internal/session",
	"resolvers/internal/levels",
}

var oneWord = regexp.MustCompile(`^[a-z]+$`)

// figure is one line of the report, and what to mend first where its bound is broken.
type figure struct {
	name, value, bound string
	broken             bool
	worst              []string
}

// worstShown is how many of the worst are listed.
const worstShown = 10

func (f figure) String() string {
	line := fmt.Sprintf("%s: %s (%s)", f.name, f.value, f.bound)
	if f.broken {
		line += " BROKEN"
	}
	return line
}

// measure makes every figure of a tree.
func measure(sources []source) []figure {
	figures := packageFigures(sources)
	figures = append(figures, fullestFolder(sources), oneWordNames(sources), mostExported(sources), wideLines(sources))
	figures = append(figures, functionLengths(sources)...)
	return append(figures, machineryLines(sources)...)
}

// packageFigures are the lines of packages without their tests, and, without a bound, those of the tests.
func packageFigures(sources []source) []figure {
	written, tests := map[string]int{}, map[string]int{}
	for _, s := range sources {
		if s.test {
			tests[s.folder] += s.lines
		} else {
			written[s.folder] += s.lines
		}
	}
	middle := median(slices.Collect(maps.Values(written)))
	biggest, lines := most(written)
	biggestTests, testLines := most(tests)
	return []figure{
		{"lines a package, median", fmt.Sprintf("%d of %d packages", middle, len(written)), below(medianBelow), middle >= medianBelow, nil},
		{"lines a package, most", fmt.Sprintf("%d in %s", lines, biggest), atMost(packageMost), lines > packageMost, worst(written)},
		{"lines of a package's tests, most", fmt.Sprintf("%d in %s", testLines, biggestTests), "no bound", false, nil},
	}
}

// fullestFolder counts the files of a folder without its tests. Those of e2e are in one folder on purpose: each test binary
// starts a PostgreSQL of its own, so that dividing them would make the run longer.
func fullestFolder(sources []source) figure {
	files := map[string]int{}
	for _, s := range sources {
		if !s.test && !slices.Contains(crowded, s.folder) {
			files[s.folder]++
		}
	}
	fullest, count := most(files)
	bound := fmt.Sprintf("%s, %s aside", atMost(folderMost), strings.Join(crowded, ", "))
	return figure{"Go files in a folder without tests, most", fmt.Sprintf("%d in %s", count, fullest), bound, count > folderMost, worst(files)}
}

// oneWordNames is the share of functions and methods, those of tests too, whose name is one lower-case word.
func oneWordNames(sources []source) figure {
	words, all := 0, 0
	folders := map[string]int{}
	for _, s := range sources {
		for _, f := range s.functions {
			all++
			if oneWord.MatchString(f.name) && f.name != "main" && f.name != "init" {
				words++
				folders[s.folder]++
			}
		}
	}
	share := percent(words, all)
	value := fmt.Sprintf("%.1f %%, %d of %d", share, words, all)
	bound := fmt.Sprintf("below %g %%", oneWordBelow)
	return figure{"functions named by one lower-case word", value, bound, share >= oneWordBelow, worst(folders)}
}

func mostExported(sources []source) figure {
	names := map[string]int{}
	for _, s := range sources {
		if !s.test {
			names[s.folder] += s.exported
		}
	}
	biggest, count := most(names)
	value := fmt.Sprintf("%d in %s", count, biggest)
	return figure{"exported names in a package, most", value, below(exportedBelow), count >= exportedBelow, worst(names)}
}

func wideLines(sources []source) figure {
	wide, all := 0, 0
	files := map[string]int{}
	for _, s := range sources {
		wide, all = wide+s.wide, all+s.lines
		files[s.path()] = s.wide
	}
	share := percent(wide, all)
	value := fmt.Sprintf("%.2f %%, %d of %d", share, wide, all)
	bound := fmt.Sprintf("below %g %%", wideBelow)
	return figure{fmt.Sprintf("lines over %d columns", maxColumns), value, bound, share >= wideBelow, worst(files)}
}

// functionLengths are those of the program and, without a bound, those of its tests.
func functionLengths(sources []source) []figure {
	var written, tests []int
	for _, s := range sources {
		for _, f := range s.functions {
			if s.test {
				tests = append(tests, f.lines)
			} else {
				written = append(written, f.lines)
			}
		}
	}
	length := percentile(written, 95)
	return []figure{
		{"lines of a function, 95th percentile", fmt.Sprint(length), below(longFunctionBelow), length >= longFunctionBelow, nil},
		{"lines of a function in tests, 95th percentile", fmt.Sprint(percentile(tests, 95)), "no bound", false, nil},
	}
}

// machineryLines says nothing of a tree that has none of the machinery; where a part is missing, the list is wrong.
func machineryLines(sources []source) []figure {
	total, missing, parts := 0, []string{}, map[string]int{}
	for _, part := range machinery {
		parts[part] = linesOf(sources, part)
		if parts[part] == 0 {
			missing = append(missing, part)
		}
		total += parts[part]
	}
	const name = "lines of what reads"
	machineryBound := fmt.Sprintf("aim %d, no bound yet", machineryAim)
	switch {
	case len(missing) == len(machinery):
		return nil
	case len(missing) > 0:
		return []figure{{name, "nothing at " + strings.Join(missing, ", "), machineryBound, true, nil}}
	default:
		return []figure{{name, fmt.Sprint(total), machineryBound, false, worst(parts)}}
	}
}

// linesOf counts a file, or a folder with all below it, without tests.
func linesOf(sources []source, part string) int {
	total := 0
	for _, s := range sources {
		inside := s.folder == part || strings.HasPrefix(s.folder, part+"/") || path.Join(s.folder, s.name) == part
		if inside && !s.test {
			total += s.lines
		}
	}
	return total
}

// worst lists the keys with the highest counts, each with its count.
func worst(counts map[string]int) []string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	var all []string
	for _, key := range keys[:min(worstShown, len(keys))] {
		if counts[key] > 0 {
			all = append(all, fmt.Sprintf("%d %s", counts[key], key))
		}
	}
	return all
}

// most is the key with the highest count, the first by name among equals.
func most(counts map[string]int) (string, int) {
	highest := ""
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		if highest == "" || cmp.Compare(counts[key], counts[highest]) > 0 {
			highest = key
		}
	}
	return highest, counts[highest]
}

// median is the middle value, the mean of the middle two where their number is even.
func median(values []int) int {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

// percentile is the smallest value that is not exceeded by the given share of the values, in per cent.
func percentile(values []int, share int) int {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[(len(values)*share+99)/100-1]
}

func percent(part, all int) float64 {
	if all == 0 {
		return 0
	}
	return 100 * float64(part) / float64(all)
}

func below(bound int) string  { return fmt.Sprintf("below %d", bound) }
func atMost(bound int) string { return fmt.Sprintf("at most %d", bound) }
