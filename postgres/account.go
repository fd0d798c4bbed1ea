package postgres

import (
	"os"
	"path/filepath"
)

// account is the user that PostgreSQL runs as and that owns its files.
type account struct {
	name     string
	uid, gid int
	stepDown bool // not the one who runs the program: root steps down to it
}

// closedFolder is the first folder on the way to path, or path itself, that the account cannot enter; "" if there is
// none. It reads the permission bits, for the message after a failure: the kernel has already decided.
func (a account) closedFolder(path string) string {
	if parent := filepath.Dir(path); parent != path {
		if closed := a.closedFolder(parent); closed != "" {
			return closed
		}
	}
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return ""
	}
	uid, gid := ownerOf(info)
	bit := os.FileMode(0o001)
	switch {
	case uid == a.uid:
		bit = 0o100
	case gid == a.gid:
		bit = 0o010
	}
	if info.Mode()&bit == 0 {
		return path
	}
	return ""
}
