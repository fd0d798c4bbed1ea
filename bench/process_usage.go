package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// clockTicks is how many a second /proc counts CPU in.
const clockTicks = 100

// cpuTime is the time that a process has had of the processors, its own and the kernel's for it.
func cpuTime(pid int) time.Duration {
	fields := statFields(pid)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / clockTicks
}

// statFields are the fields of /proc/PID/stat behind the program's name.
func statFields(pid int) []string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	return strings.Fields(rest)
}

// cpuOfPostgreSQL adds up the postmaster, its sessions and those that have ended.
func (p *dataset) cpuOfPostgreSQL() (total time.Duration) {
	first, _, _ := strings.Cut(p.readPidFile(), "\n")
	postmaster, _ := strconv.Atoi(first)
	total = cpuTime(postmaster)
	if fields := statFields(postmaster); len(fields) > 14 {
		for _, ended := range fields[13:15] {
			ticked, _ := strconv.Atoi(ended)
			total += time.Duration(ticked) * time.Second / clockTicks
		}
	}
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if fields := statFields(pid); len(fields) > 1 && fields[1] == first {
			total += cpuTime(pid)
		}
	}
	return total
}

func (p *dataset) readPidFile() string {
	raw, _ := os.ReadFile(filepath.Join(p.folder, "postgres", "data", "postmaster.pid"))
	return string(raw)
}

// residentMegabytes is a process's memory in megabytes.
func residentMegabytes(pid int) float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	kilobytes, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kilobytes / 1024
}
