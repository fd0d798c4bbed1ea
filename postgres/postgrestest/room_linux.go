package postgrestest

import "syscall"

// freeBytes is how much a folder's file system can still take; 0 where it is not there.
func freeBytes(folder string) uint64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0
	}
	return s.Bavail * uint64(s.Bsize)
}
