package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// folder holds all that a private PostgreSQL has, and is closed to everyone but its user and root:
//
//	cluster.lock  locked by the program that has the server as its child
//	data/         the cluster: complete, or not there
//	new-*/        a cluster in the making
//	run/          the socket
type folder struct {
	path  string
	owner account
	lock  *os.File
}

const (
	lockFileName     = "cluster.lock"
	unfinishedPrefix = "new-" // and a number
)

var errLocked = errors.New("locked by another program")

// DefaultDir is the folder for the private PostgreSQL of that name: in the user's data folder as the XDG Base Directory
// Specification has it ($XDG_DATA_HOME, or else ~/.local/share), and for root, whose home is closed to the user that
// PostgreSQL runs as, under /var/lib.
func DefaultDir(name string) (string, error) {
	if os.Geteuid() == 0 {
		return filepath.Join("/var/lib/dps", name), nil
	}
	data, err := userDataFolder()
	if err != nil {
		return "", err
	}
	return filepath.Join(data, "dps", name), nil
}

func userDataFolder() (string, error) {
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) { // the specification: ignore a relative one
		return data, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("there is no home folder to keep data in, so choose a folder: %w", err)
	}
	return filepath.Join(home, ".local", "share"), nil
}

// openFolder makes the folder at path if need be, gives it to owner and locks it for this program.
func openFolder(path string, owner account) (*folder, error) {
	if path == "" {
		return nil, errors.New("no folder is given for PostgreSQL's data")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("the folder %s: %w", path, err)
	}
	f := &folder{path: path, owner: owner}
	if err := f.claimFolder(); err != nil {
		return nil, fmt.Errorf("the folder %s cannot hold PostgreSQL's data: %w", path, err)
	}
	if f.lock, err = os.OpenFile(f.pathOf(lockFileName), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("the folder %s cannot be locked: %w", path, err)
	}
	if err := lockFile(f.lock); errors.Is(err, errLocked) {
		return nil, errors.Join(fmt.Errorf(
			"another program is running its PostgreSQL on the folder %s: stop it, or choose another folder", path), f.unlockFolder())
	} else if err != nil {
		return nil, errors.Join(fmt.Errorf("the folder %s cannot be locked: %w", path, err), f.unlockFolder())
	}
	return f, nil
}

// RemoveUnused removes a folder that held a private PostgreSQL, unless a program has locked it, or is about to: its lock
// is younger than a minute.
func RemoveUnused(path string) error {
	lock, err := os.OpenFile(filepath.Join(path, lockFileName), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer lock.Close()
	if info, err := lock.Stat(); err != nil || time.Since(info.ModTime()) < time.Minute {
		return err
	}
	if err := lockFile(lock); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

func (f *folder) pathOf(name string) string { return filepath.Join(f.path, name) }
func (f *folder) dataPath() string          { return f.pathOf("data") }
func (f *folder) unlockFolder() error       { return f.lock.Close() }

// claimFolder takes the folder over if it is new, empty or already ours. Any other is left as it is, because it would be
// closed to its users.
func (f *folder) claimFolder() error {
	if err := makeOpenFolders(filepath.Dir(f.path)); err != nil {
		return err
	}
	if err := os.Mkdir(f.path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(f.pathOf(lockFileName)); err != nil && len(entries) > 0 {
		return errors.New("it already contains something else: choose another folder")
	}
	if info, err := os.Stat(f.dataPath()); err == nil {
		return f.checkOwner(info)
	}
	return f.giveToOwner(f.path)
}

// checkOwner explains what PostgreSQL would refuse: a cluster that another user made.
func (f *folder) checkOwner(data fs.FileInfo) error {
	if uid, _ := ownerOf(data); uid != f.owner.uid {
		return fmt.Errorf(
			"its data belong to user number %d, but PostgreSQL would run as %s (%d): start the program as the user who made "+
				"them, or choose another folder", uid, f.owner.name, f.owner.uid)
	}
	return nil
}

// giveToOwner makes path the owner's, and nobody else's.
func (f *folder) giveToOwner(path string) error {
	return errors.Join(os.Chmod(path, 0o700), os.Chown(path, f.owner.uid, f.owner.gid))
}

// makeOpenFolders makes the folder at path and its parents, where they are missing, open to every user to pass through,
// whatever the umask: the user that PostgreSQL runs as has to.
func makeOpenFolders(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := makeOpenFolders(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Chmod(path, 0o755)
}

// initialiseCluster makes the cluster if there is none yet. It takes its place only when it is complete, so that an end in
// between leaves none rather than half of one. Fast leaves out the flush to disk.
func (f *folder) initialiseCluster(ctx context.Context, bin string, fast bool) error {
	if _, err := os.Stat(f.dataPath()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fresh, err := os.MkdirTemp(f.path, unfinishedPrefix)
	if err != nil {
		return fmt.Errorf("a folder for the new cluster: %w", err)
	}
	defer os.RemoveAll(fresh) // gone already when all went well, or else removed by the next start
	if err := f.giveToOwner(fresh); err != nil {
		return fmt.Errorf("a folder for the new cluster: %w", err)
	}
	args := []string{"--pgdata=" + fresh, "--username=" + superuser, "--auth=trust", "--encoding=UTF8", "--locale=C"}
	if fast {
		args = append(args, "--no-sync")
	}
	if _, err := runToEnd(ctx, f.programCommand(bin, "initdb", args...)); err != nil {
		return fmt.Errorf("making a cluster in %s: %w", f.path, err)
	}
	return f.installCluster(fresh, fast)
}

func (f *folder) installCluster(fresh string, fast bool) error {
	if err := os.Rename(fresh, f.dataPath()); err != nil {
		return fmt.Errorf("the new cluster: %w", err)
	}
	if fast {
		return nil
	}
	d, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("the new cluster: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// removeUnfinished removes what an initdb that was killed left behind. It may still be running for a moment, so a new one
// takes a name of its own, and what cannot be removed now is left to a later start.
func (f *folder) removeUnfinished() {
	entries, _ := os.ReadDir(f.path)
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), unfinishedPrefix) {
			_ = os.RemoveAll(f.pathOf(entry.Name()))
		}
	}
}

// makeSocketFolder gives an empty folder for the socket, as private as the data: the one in the folder if that makes an
// address, or else one in /tmp. No server uses the first any more, because the folder is locked.
func (f *folder) makeSocketFolder() (path string, err error) {
	path = f.pathOf("run")
	if err := os.RemoveAll(path); err != nil {
		return "", err
	}
	if len(filepath.Join(path, ".s.PGSQL."+socketPort)) <= longestSocketPath && !strings.Contains(path, ",") {
		err = os.Mkdir(path, 0o700)
	} else {
		path, err = os.MkdirTemp("/tmp", "dps-")
	}
	if err != nil {
		return "", err
	}
	return path, f.giveToOwner(path)
}

// programCommand is one of PostgreSQL's programs, run as its user, in the folder (the working folder may be closed to that user),
// in English, and without the program's own environment: there may be secrets in it, and PG* variables.
func (f *folder) programCommand(bin, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(bin, name), args...)
	cmd.Dir = f.path
	cmd.SysProcAttr = f.owner.attributes()
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	return cmd
}
