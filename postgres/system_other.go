//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd

package postgres

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// serverAccount refuses, so that nothing below is reached: there are no unix sockets in private folders to rely on.
func serverAccount() (account, error) {
	return account{}, errors.New(
		"a private PostgreSQL runs only on Linux, macOS and the BSDs: give the address of a running PostgreSQL instead")
}

func (account) attributes() *syscall.SysProcAttr { return nil }

func ownerOf(fs.FileInfo) (uid, gid int) { return -1, -1 }

func lockFile(*os.File) error { return errors.ErrUnsupported }

func livePostmaster(int, string) bool { return false }
