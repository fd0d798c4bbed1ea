//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package postgres

import "syscall"

// endWithParent has nothing to ask for: these systems send no signal at a parent's death. PostgreSQL then outlives a
// killed program, and the next start says whom to end.
func endWithParent(*syscall.SysProcAttr) {}

// livePostmaster tells whether process pid, named by the cluster in data as its postmaster, is alive. It cannot tell a
// postmaster from another process that has got its number since.
func livePostmaster(pid int, _ string) bool { return syscall.Kill(pid, 0) == nil }
