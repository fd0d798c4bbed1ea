// Command compile writes what follows from policy.csv into the folder of package policy: matrix.txt, who can do what,
// for people to read, and rls.sql, the compiled row-level security. It imports only package policy, so that it runs in
// a second, even while the rest of the program does not compile.
//
// go run ./policy/compile
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/southeasttogether/dps/policy"
)

const folder = "policy"

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "policy/compile:", err)
		os.Exit(1)
	}
}

func write() error {
	p, err := policy.Load()
	if err != nil {
		return err
	}
	var matrix bytes.Buffer
	if err := p.Print(&matrix); err != nil {
		return err
	}
	for name, content := range map[string][]byte{"matrix.txt": matrix.Bytes(), "rls.sql": []byte(p.SQL())} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
