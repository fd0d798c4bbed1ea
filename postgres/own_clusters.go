package postgres

import "os/exec"

// ProgramCommand is one of PostgreSQL's programs in the folder dir, run as the user that Start would run it as: for those that
// keep clusters of their own, such as a standby. The thread that starts it has to outlive it, because the child is told to end
// when that thread does.
func ProgramCommand(dir, name string, args ...string) (*exec.Cmd, error) {
	bin, err := findPrograms(usualProgramFolders)
	if err != nil {
		return nil, err
	}
	owner, err := serverAccount()
	if err != nil {
		return nil, err
	}
	return (&folder{path: dir, owner: owner}).programCommand(bin, name, args...), nil
}

// GiveFolder makes the folder dir that of PostgreSQL's user, and nobody else's.
func GiveFolder(dir string) error {
	owner, err := serverAccount()
	if err != nil {
		return err
	}
	return (&folder{path: dir, owner: owner}).giveToOwner(dir)
}
