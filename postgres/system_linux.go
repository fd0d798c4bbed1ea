package postgres

import (
	"fmt"
	"os"
	"syscall"
)

// endWithParent asks the kernel for the signal of a clean, fast end when the parent dies, be it by SIGKILL. initdb takes
// the same signal, and removes what it has made.
func endWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGINT }

// livePostmaster tells whether process pid is a postmaster of the cluster in data: it works in that folder, always. The
// number alone says nothing, because after a restart of a machine or container it may be any other process's.
func livePostmaster(pid int, data string) bool {
	at, err := os.Stat(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return false // no such process, one that has ended, or one of another user
	}
	cluster, err := os.Stat(data)
	return err == nil && os.SameFile(at, cluster)
}
