// Command house measures how the project's Go code is divided and named, one figure a line, and fails when one is out of
// its bounds. `make house` runs it. Generated files are left out.
package main

import (
	"fmt"
	"os"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	sources, err := readTree(root)
	if err == nil && len(sources) == 0 {
		err = fmt.Errorf("no hand-written Go file below %s", root)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "house:", err)
		os.Exit(1)
	}
	broken := 0
	for _, f := range measure(sources) {
		fmt.Println(f)
		if f.broken {
			broken++
			for _, line := range f.worst {
				fmt.Println("   ", line)
			}
		}
	}
	if broken > 0 {
		fmt.Fprintf(os.Stderr, "house: %d of the figures above are out of their bounds\n", broken)
		os.Exit(1)
	}
}
