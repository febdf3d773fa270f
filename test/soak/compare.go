package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	sameWithin = 3 * time.Minute
	shownNames = 5
)

type documents = map[string][32]byte // canonical hash by project/name

// waitSame waits until the API serves what is declared and what was written, and nothing else.
func (r *report) waitSame(ctx context.Context, s *server, d *directory, all []*writer) error {
	want, err := expected(d, all)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sameWithin)
	defer cancel()
	for {
		got, err := served(s)
		if err == nil {
			err = differ("the API", got, want)
		}
		if err == nil {
			return nil
		}
		if !sleep(ctx, time.Second) || s.hasEnded() {
			return err
		}
	}
}

func expected(d *directory, all []*writer) (documents, error) {
	want, err := d.documents()
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		for i := range w.titles {
			if want[handmade+"/"+w.name(i)], err = hashOf(w.text(i)); err != nil {
				return nil, err
			}
		}
	}
	return want, nil
}

// served is what the API lists.
func served(s *server) (documents, error) {
	status, body, err := s.fetch("/api/v1/dashboards")
	if err != nil || status != http.StatusOK {
		return nil, fmt.Errorf("list: %d %w", status, err)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, err
	}
	all := documents{}
	for _, one := range list {
		if err := add(all, one); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func add(all documents, document []byte) error {
	var head struct {
		Metadata struct{ Project, Name string }
	}
	if err := json.Unmarshal(document, &head); err != nil {
		return err
	}
	hash, err := hashOf(document)
	all[head.Metadata.Project+"/"+head.Metadata.Name] = hash
	return err
}

// stored is what the files of the database say, read as another program would.
func stored(s *server) (documents, error) {
	all := documents{}
	err := filepath.WalkDir(filepath.Join(s.database, "dashboards"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := add(all, data); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
	return all, err
}

// differ names some of what is not as it should be.
func differ(where string, got, want documents) error {
	var wrong []string
	for name, hash := range want {
		if found, ok := got[name]; !ok {
			wrong = append(wrong, name+" is missing")
		} else if found != hash {
			wrong = append(wrong, name+" is another document")
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			wrong = append(wrong, name+" should not be there")
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	return fmt.Errorf("%s differs in %d of %d: %s", where, len(wrong), len(want), strings.Join(wrong[:min(shownNames, len(wrong))], ", "))
}

// end stops the server, and compares what it left on the disk.
func (r *report) end(s *server, d *directory, all []*writer) {
	if err := s.stop(); err != nil {
		r.tally.fault("stop: %v", err)
	}
	want, err := expected(d, all)
	if err != nil {
		r.tally.fault("%v", err)
		return
	}
	r.documents = len(want)
	if got, err := stored(s); err != nil {
		r.tally.fault("read the database: %v", err)
	} else if err := differ("the database", got, want); err != nil {
		r.tally.fault("%v", err)
	}
	check := exec.Command(s.perseid, "db", "check", s.database)
	check.Env = append(os.Environ(), "PERSES_DATABASE_FILE_EXTENSION=json")
	if out, err := check.CombinedOutput(); err != nil || !strings.HasSuffix(string(out), "no problems\n") {
		r.tally.fault("db check: %v: %s", err, out)
	}
	r.readLog(s)
}

// readLog looks for what a server in order does not say.
func (r *report) readLog(s *server) {
	text, err := os.ReadFile(s.log)
	if err != nil {
		r.tally.fault("%v", err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "level=ERROR") || strings.HasPrefix(line, "panic:") || strings.Contains(line, "panic serving") {
			r.tally.fault("log: %s", strings.TrimSpace(line))
		}
	}
}
