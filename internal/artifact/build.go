package artifact

import (
	"context"
	"errors"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
)

// Options says what to build. Directory is required.
type Options struct {
	Directory string
	// Annotations of the manifest, repeated as labels. Created is set from Created; empty values are left out.
	Annotations map[string]string
	// Created is the time the artifact bears; zero is 1970, so that it says nothing and changes nothing.
	Created time.Time
	// Kinds tells the kinds of the documents in a file, for the index; nil for none. Check, where not nil, is shown each file's bytes.
	// Both are called from several goroutines, and neither keeps data.
	Kinds func(path string, data []byte) []string
	Check func(f source.File, data []byte)
	// Progress, where not nil, is told after each file how many are done.
	Progress func(done, total int, bytes int64)
}

// Build makes an artifact of the documents of a directory and writes it into a layout, manifest last; it does not tag.
// Memory is bounded whatever the size of the directory.
func Build(ctx context.Context, l *Layout, o Options) (*Image, error) {
	return nil, errors.New("not written yet")
}
