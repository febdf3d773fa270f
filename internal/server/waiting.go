package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
	"github.com/perseid-dev/perseid/internal/store"
)

// lockRetry is how often a database held by another process is tried again.
const lockRetry = time.Second

// waiting answers while there is no database to serve: alive, not ready.
func waiting(why string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/livez" || strings.HasSuffix(r.URL.Path, "/api/v1/health") {
			w.WriteHeader(http.StatusOK)
			return
		}
		reply.Error(w, problem.New(problem.Unavailable, why))
	})
}

// open opens the core, waiting for whoever holds the database; nil if ctx ends first.
func (s *Server) open(ctx context.Context) (*core, error) {
	said := ""
	for {
		core, err := newCore(ctx, s.o, s.cert, s.log)
		var locked *store.LockedError
		if !errors.As(err, &locked) {
			return core, err
		}
		if locked.Error() != said {
			said = locked.Error()
			s.log.Warn("waiting for the database", "address", s.Addr(), "reason", said)
			s.serveWith(waiting(said))
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-time.After(lockRetry):
		}
	}
}
