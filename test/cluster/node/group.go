package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// hierarchies are where control groups are mounted: one place, or with version 1 several.
func hierarchies() (dirs []string, err error) {
	mounts, err := os.ReadFile("/proc/self/mounts")
	for line := range strings.Lines(string(mounts)) {
		if fields := strings.Fields(line); len(fields) > 2 && strings.HasPrefix(fields[2], "cgroup") {
			dirs = append(dirs, fields[1])
		}
	}
	return dirs, err
}

// sweep removes the groups of runs that were killed before they could.
func sweep() error {
	dirs, err := hierarchies()
	for _, dir := range dirs {
		left, _ := filepath.Glob(filepath.Join(dir, groupPrefix+"*")) // the pattern is a constant
		for _, group := range left {
			pid, bad := strconv.Atoi(strings.TrimPrefix(filepath.Base(group), groupPrefix))
			if bad == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
				err = errors.Join(err, removeGroup(group))
			}
		}
	}
	return err
}

// removeGroups removes the control groups of pods, whose processes are gone or about to be.
func removeGroups(name string) error {
	dirs, err := hierarchies()
	for _, dir := range dirs {
		err = errors.Join(err, removeGroup(filepath.Join(dir, name)))
	}
	return err
}

func removeGroup(dir string) (err error) {
	entries, _ := os.ReadDir(dir) // there is none in hierarchies that nobody used
	for _, e := range entries {
		if e.IsDir() {
			err = errors.Join(err, removeGroup(filepath.Join(dir, e.Name())))
		}
	}
	const tries = 100
	for try := 1; ; try++ {
		gone := syscall.Rmdir(dir)
		if gone == nil || errors.Is(gone, syscall.ENOENT) {
			return err
		}
		if try == tries {
			return errors.Join(err, fmt.Errorf("remove control group %s: %w", dir, gone))
		}
		time.Sleep(20 * time.Millisecond) // the kernel takes a moment after the last process
	}
}
