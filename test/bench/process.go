package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cpu is what the kernel charged the process for, all threads: a clock in nanoseconds where it keeps one, in hundredths of a second where not.
func (s *server) cpu() (time.Duration, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", s.cmd.Process.Pid))
	if err != nil || len(tasks) == 0 {
		return s.cpuTicks()
	}
	var total time.Duration
	for _, task := range tasks {
		data, err := os.ReadFile(task)
		if err != nil {
			return 0, err
		}
		spent, _, _ := strings.Cut(string(data), " ")
		ns, err := strconv.ParseInt(spent, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", task, err)
		}
		total += time.Duration(ns)
	}
	return total, nil
}

// cpuTicks reads utime and stime, the 14th and 15th word of stat, in the 100 Hz that Linux shows on every machine.
func (s *server) cpuTicks() (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(data, []byte(") ")) // the program's name before it may hold spaces
	words := strings.Fields(string(rest))
	if len(words) < 13 {
		return 0, fmt.Errorf("stat of the process: %d words", len(words))
	}
	user, err := strconv.Atoi(words[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(words[12])
	return time.Duration(user+system) * 10 * time.Millisecond, err
}

// memory reads a line of /proc/PID/status, VmRSS or VmHWM, in MiB.
func (s *server) memory(line string) (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for text := range strings.Lines(string(data)) {
		if words := strings.Fields(text); len(words) == 3 && words[0] == line+":" {
			kib, err := strconv.ParseFloat(words[1], 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("status of the process has no %s", line)
}

// print of a file: what changes when it is written or replaced.
type fingerprint struct {
	inode uint64
	size  int64
	time  time.Time
}

// fingerprints reads those of all files below a directory.
func fingerprints(dir string) (map[string]fingerprint, error) {
	found := map[string]fingerprint{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f := fingerprint{size: info.Size(), time: info.ModTime()}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			f.inode = stat.Ino
		}
		found[path] = f
		return nil
	})
	return found, err
}

// written counts the files that came, went or changed.
func written(before, after map[string]fingerprint) int {
	n := 0
	for path, f := range after {
		if before[path] != f {
			n++
		}
	}
	for path := range before {
		if _, still := after[path]; !still {
			n++
		}
	}
	return n
}
