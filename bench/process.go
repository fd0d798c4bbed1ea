package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticks is how many a second /proc counts CPU in.
const ticks = 100

// cpu is the time that a process has had of the processors, its own and the kernel's for it.
func cpu(pid int) time.Duration {
	fields := stat(pid)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / ticks
}

// stat are the fields of /proc/PID/stat behind the program's name.
func stat(pid int) []string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	return strings.Fields(rest)
}

// cpuOfPostgreSQL adds up the postmaster, its sessions and those that have ended.
func (p *place) cpuOfPostgreSQL() (total time.Duration) {
	first, _, _ := strings.Cut(p.postmaster(), "\n")
	postmaster, _ := strconv.Atoi(first)
	total = cpu(postmaster)
	if fields := stat(postmaster); len(fields) > 14 {
		for _, ended := range fields[13:15] {
			ticked, _ := strconv.Atoi(ended)
			total += time.Duration(ticked) * time.Second / ticks
		}
	}
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if fields := stat(pid); len(fields) > 1 && fields[1] == first {
			total += cpu(pid)
		}
	}
	return total
}

func (p *place) postmaster() string {
	raw, _ := os.ReadFile(filepath.Join(p.folder, "postgres", "data", "postmaster.pid"))
	return string(raw)
}

// resident is a process's memory in megabytes.
func resident(pid int) float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	kilobytes, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kilobytes / 1024
}
