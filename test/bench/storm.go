package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/perseid-dev/perseid/test/input"
)

// storm reads for a while, while every dashboard is written anew, again and again, and counts the answers that are errors of the server.
func (b *bench) storm(ctx context.Context, s *server, resources, _ string) error {
	ctx, stop := context.WithTimeout(ctx, b.size.storm)
	defer stop()
	var reads, errs atomic.Int64
	list := "/api/v1/projects/" + input.Project + "/dashboards"
	var all sync.WaitGroup
	for _, path := range []func(n int) string{
		func(int) string { return list },
		func(int) string { return list + "?metadata_only=true" },
		func(n int) string { return list + "/" + input.Name(n%b.size.small) },
	} {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				status, err := s.status(path(n))
				reads.Add(1)
				if err != nil || status >= http.StatusInternalServerError {
					errs.Add(1)
				}
			}
		})
	}
	rounds := 0
	var err error
	for ; ctx.Err() == nil && err == nil; rounds++ {
		err = b.rewrite(ctx, resources, rounds)
	}
	all.Wait()
	b.add(fmt.Sprintf("reads in %s while all of %d are written anew", b.size.storm, b.size.small), "reads", []float64{float64(reads.Load())})
	b.add("answers 5xx, or none, among them", "answers", []float64{float64(errs.Load())})
	b.add("times that all were written anew meanwhile", "times", []float64{float64(rounds)})
	return err
}

// status asks for a path and reads the answer to the end.
func (s *server) status(path string) (int, error) {
	response, err := s.client.Get(s.url + path)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(response.Body)
	return response.StatusCode, err
}

// rewrite gives every dashboard another description.
func (b *bench) rewrite(ctx context.Context, resources string, round int) error {
	for n := 0; n < b.size.small && ctx.Err() == nil; n++ {
		path := input.Path(resources, "yaml", n)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text = bytes.Replace(text, []byte("description: "), fmt.Appendf(nil, "description: %d ", round%10), 1)
		if err := os.WriteFile(path+".new", text, 0o644); err != nil {
			return err
		}
		if err := os.Rename(path+".new", path); err != nil {
			return err
		}
	}
	select { // so that some reconciles find the directory still
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
	return nil
}
