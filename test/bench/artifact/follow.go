package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/perseid-dev/perseid/test/input"
)

// What a server that follows a tag is measured with.
const (
	followed     = 1000 // dashboards, all of which differ from version to version
	pollInterval = 2 * time.Second
	patience     = time.Minute
)

// follower is a server that follows one tag of the registry beside it.
type follower struct {
	program, host, work, url string
	cmd                      *exec.Cmd
	log                      bytes.Buffer
}

// follow measures how long it takes from the move of a tag, by the interval and by webhook, and from the command to go back, until the last
// of all dashboards is served as it should be.
func follow(ctx context.Context, program, host, work string, runs int) (err error) {
	f := &follower{program: program, host: host, work: work}
	for _, v := range []string{"v1", "v2"} {
		if err := f.release(ctx, v); err != nil {
			return err
		}
	}
	if err := f.tag(ctx, "v1"); err != nil {
		return err
	}
	if err := f.start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.stop()) }()
	if _, err := f.until(ctx, time.Now(), "v1"); err != nil {
		return err
	}
	moved, hooked, back := []float64{}, []float64{}, []float64{}
	for range runs {
		for _, step := range []struct {
			to      string
			do      func(context.Context) error
			seconds *[]float64
		}{
			{"v2", func(ctx context.Context) error { return f.tag(ctx, "v2") }, &moved},
			{"v1", func(ctx context.Context) error { return f.run(ctx, "rollback", "live", "--server", f.url) }, &back},
			{"v2", func(ctx context.Context) error { return f.run(ctx, "unpin", "live", "--server", f.url) }, nil},
			{"v1", func(ctx context.Context) error { return errors.Join(f.tag(ctx, "v1"), f.hook(ctx)) }, &hooked},
		} {
			begun := time.Now()
			if err := step.do(ctx); err != nil {
				return err
			}
			seconds, err := f.until(ctx, begun, step.to)
			if err != nil {
				return err
			}
			if step.seconds != nil {
				*step.seconds = append(*step.seconds, seconds)
			}
		}
	}
	return followReport(moved, hooked, back)
}

func followReport(moved, hooked, back []float64) error {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\n%d dashboards, all changed, until the last is served\tmedian s\tmin\tmax\n", followed)
	for _, row := range []struct {
		name string
		s    []float64
	}{{fmt.Sprintf("tag moved, asked every %s", pollInterval), moved}, {"tag moved, and the webhook called", hooked}, {"rollback", back}} {
		slices.Sort(row.s)
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%.3f\n", row.name, row.s[len(row.s)/2], row.s[0], row.s[len(row.s)-1])
	}
	return t.Flush()
}

func (f *follower) repository() string { return f.host + "/live" }

// release builds and pushes one version: its name is in every dashboard.
func (f *follower) release(ctx context.Context, version string) error {
	in, layout := filepath.Join(f.work, "live-"+version), filepath.Join(f.work, "live-layout-"+version)
	if _, err := fill(in, 2*followed); err != nil {
		return err
	}
	err := filepath.WalkDir(filepath.Join(in, "dashboards"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, bytes.Replace(data, []byte(mark("")), []byte(mark(version)), 1), 0o644)
	})
	if err != nil {
		return err
	}
	if err := f.run(ctx, "artifact", "build", "--no-validate", in, layout); err != nil {
		return err
	}
	return f.run(ctx, "artifact", "push", layout, f.repository()+":"+version)
}

// mark starts the description of every dashboard of a version.
func mark(version string) string {
	if version != "" {
		version = "Release " + version + ". "
	}
	return `"description":"` + version + "How "
}

func (f *follower) tag(ctx context.Context, version string) error {
	return f.run(ctx, "artifact", "tag", f.repository()+":"+version, "live")
}

func (f *follower) hook(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url+"/api/delivery/v1/sources/live/reconcile", http.NoBody)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json") // which is asked for where no token is sent
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("webhook: %s", answer.Status)
	}
	return nil
}

func (f *follower) run(ctx context.Context, args ...string) error {
	_, _, err := timed(ctx, f.program, args...)
	return err
}

func (f *follower) start(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	config := filepath.Join(f.work, "live.yaml")
	text := fmt.Sprintf("delivery:\n  sources:\n    - name: live\n      interval: %s\n      artifact: {reference: %q}\n", pollInterval, f.repository()+":live")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	f.url = "http://" + address
	f.cmd = exec.CommandContext(ctx, f.program, "serve", "--config", config, "--database", filepath.Join(f.work, "live-database"), "--web.listen-address", address, "--log.level=warning")
	f.cmd.Env = append(os.Environ(), "PERSES_DATABASE_FILE_EXTENSION=json") // as the charts set it
	f.cmd.Stdout, f.cmd.Stderr = &f.log, &f.log
	f.cmd.Cancel = func() error { return f.cmd.Process.Signal(syscall.SIGTERM) }
	f.cmd.WaitDelay = patience
	return f.cmd.Start()
}

func (f *follower) stop() error {
	return errors.Join(f.cmd.Process.Signal(syscall.SIGTERM), f.cmd.Wait())
}

// until asks for one dashboard until it is of the version, and then for all, which have to be; it says how long ago it begun.
func (f *follower) until(ctx context.Context, begun time.Time, version string) (float64, error) {
	want, found := []byte(mark(version)), 0
	for time.Since(begun) < patience && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
		if f.count("/api/v1/projects/"+input.Project+"/dashboards/"+input.Name(followed-1), want) == 0 {
			continue
		}
		seconds := time.Since(begun).Seconds()
		if found = f.count("/api/v1/dashboards", want); found == followed {
			return seconds, nil
		}
	}
	return 0, fmt.Errorf("%d of %d dashboards are served as of %s after %s; log: %s", found, followed, version, patience, f.log.String())
}

// count is how often an answer says something; 0 where there is none.
func (f *follower) count(path string, what []byte) int {
	answer, err := http.Get(f.url + path)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0
	}
	return bytes.Count(body, what)
}
