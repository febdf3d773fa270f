package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

// bareArgument makes this program the bare one: bench -bare EXTENSION IN OUT.
const bareArgument = "-bare"

// bareWorkers lets the disk take several fsyncs at once, as anybody would who has measured it.
const bareWorkers = 8

// bare times the least work there is, as a process of its own: each file read, parsed, encoded, written and synced.
func (b *bench) bare(ctx context.Context, resources, extension string) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	out, err := os.MkdirTemp(b.work, "bare-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(out)
	begun := time.Now()
	text, err := exec.CommandContext(ctx, self, bareArgument, extension, resources, out).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("bare: %w: %s", err, text)
	}
	return milliseconds(time.Since(begun)), nil
}

func runBare(args []string) int {
	paths := make(chan string)
	errs := make(chan error, bareWorkers)
	var workers sync.WaitGroup
	for range bareWorkers {
		workers.Go(func() {
			for path := range paths {
				if err := convert(path, args[2], args[0]); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	err := filepath.WalkDir(args[1], func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		select {
		case paths <- path:
			return nil
		case err := <-errs:
			return err
		}
	})
	close(paths)
	workers.Wait()
	close(errs)
	for e := range errs {
		err = e
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func convert(path, out, extension string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	value, err := decode(path, data)
	if err != nil {
		return err
	}
	if data, err = encode(value, extension); err != nil {
		return err
	}
	base := filepath.Base(path)
	return writeSynced(filepath.Join(out, strings.TrimSuffix(base, filepath.Ext(base))+"."+extension), data)
}

func decode(path string, data []byte) (value any, err error) {
	if filepath.Ext(path) == ".json" {
		err = json.Unmarshal(data, &value)
	} else {
		err = yaml.Unmarshal(data, &value)
	}
	return value, err
}

func encode(value any, extension string) ([]byte, error) {
	if extension == "json" {
		return json.Marshal(value)
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(4)
	err := e.Encode(value)
	return b.Bytes(), err
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
