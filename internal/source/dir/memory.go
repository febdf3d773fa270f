package dir

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/perseid-dev/perseid/internal/source"
)

const (
	// maxMemory bounds what is loaded, in bytes: MaxFiles fingerprints with paths of usual length.
	maxMemory     = 96 << 20
	memoryVersion = 1
)

// seen is the content that a fingerprint stood for.
type seen struct {
	Print  fingerprint   `json:"f"`
	Digest source.Digest `json:"h"`
}

// memory is what was read before, by path.
type memory map[string]seen

// stored is what survives a restart. Another root's fingerprints would be harmless, but of no use.
type stored struct {
	Version int    `json:"version"`
	Root    string `json:"root"`
	Files   memory `json:"files"`
	// Indexed: the root had an index at any time, so that being empty without one is no state of it (DELIVERY R39).
	Indexed bool `json:"indexed,omitempty"`
}

func (s stored) equal(other stored) bool {
	return s.Indexed == other.Indexed && maps.Equal(s.Files, other.Files)
}

// recall returns nothing rather than an error: what is not remembered is read.
func recall(o Options) stored {
	nothing := stored{Version: memoryVersion, Root: o.Root, Files: memory{}}
	if o.Memory == nil {
		return nothing
	}
	data, err := o.Memory.Load()
	if err == nil && len(data) > maxMemory {
		err = fmt.Errorf("%d bytes are more than the %d of the limit", len(data), maxMemory)
	}
	var s stored
	if err == nil && len(data) > 0 {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		o.Log.Warn("fingerprints cannot be loaded; every file is read", "source", o.Name, "error", err)
		return nothing
	}
	if s.Version != memoryVersion || s.Root != o.Root || s.Files == nil {
		return nothing
	}
	return s
}

func (s stored) save(to source.Memory) error {
	if to == nil {
		return nil
	}
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode fingerprints: %w", err)
	}
	if len(data) > maxMemory {
		return fmt.Errorf("save fingerprints: %d bytes are more than the %d of the limit", len(data), maxMemory)
	}
	return to.Save(data)
}
