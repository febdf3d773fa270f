package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/perseid-dev/perseid/test/input"
)

// reads measures requests one after the other over one connection, bodies read to the end.
func (b *bench) reads(_ context.Context, s *server, _, _ string) error {
	list := "/api/v1/projects/" + input.Project + "/dashboards"
	if err := b.read(s, fmt.Sprintf("list of %d, metadata", b.size.small), b.size.lists*10, func(int) string { return list + "?metadata_only=true" }); err != nil {
		return err
	}
	if err := b.readAs(s, fmt.Sprintf("list of %d, metadata, gzip", b.size.small), b.size.lists*10, "gzip", func(int) string { return list + "?metadata_only=true" }); err != nil {
		return err
	}
	if err := b.read(s, fmt.Sprintf("list of %d, full", b.size.small), b.size.lists, func(int) string { return list }); err != nil {
		return err
	}
	return b.read(s, "get of one", b.size.gets, func(n int) string { return list + "/" + input.Name(n%b.size.small) })
}

func (b *bench) read(s *server, name string, times int, path func(int) string) error {
	return b.readAs(s, name, times, "identity", path)
}

func (b *bench) readAs(s *server, name string, times int, encoding string, path func(int) string) error {
	var took []float64
	for n := range times {
		begun := time.Now()
		if _, err := s.do(http.MethodGet, path(n), encoding); err != nil {
			return err
		}
		took = append(took, milliseconds(time.Since(begun)))
	}
	b.add(name, "ms", took)
	return nil
}
