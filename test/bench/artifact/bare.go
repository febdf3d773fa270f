package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/test/input"
)

// bareArgument makes this program the bare one: artifact -bare gzip|decode IN.
const bareArgument = "-bare"

func runBare(decode bool, in string) int {
	z := archive.NewGzip(io.Discard)
	err := filepath.WalkDir(in, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if decode {
			format, _ := resource.FormatOf(path)
			if _, problems := resource.Decode(data, format); problems.Invalid() {
				return problems.Err()
			}
		}
		_, err = z.Write(data)
		return err
	})
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		return 1
	}
	return 0
}

// fill writes n documents: dashboards, and as many variables, which are small, as real directories have them.
func fill(dir string, n int) (size int64, err error) {
	if size, err = input.Write(dir, "json", n/2); err != nil {
		return 0, err
	}
	for i := n / 2; i < n-len(input.Base()); i++ {
		text := fmt.Sprintf(`{"kind":"Variable","metadata":{"name":"v%05d","project":%q},"spec":{"kind":"TextVariable","spec":{"value":"%d"}}}`, i, input.Project, i)
		path := filepath.Join(dir, "variables", fmt.Sprintf("%03d", i/100), fmt.Sprintf("v%05d.json", i))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return 0, err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return 0, err
		}
		size += int64(len(text))
	}
	return size, nil
}
