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

// stored is the form of memory at rest. Another root's fingerprints would be harmless, but of no use.
type stored struct {
	Version int    `json:"version"`
	Root    string `json:"root"`
	Files   memory `json:"files"`
}

func (m memory) equal(other memory) bool { return maps.Equal(m, other) }

// loadMemory returns nothing rather than an error: what is not remembered is read.
func loadMemory(o Options) memory {
	if o.Memory == nil {
		return memory{}
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
		return memory{}
	}
	if s.Version != memoryVersion || s.Root != o.Root || s.Files == nil {
		return memory{}
	}
	return s.Files
}

func (m memory) save(to Memory, root string) error {
	if to == nil {
		return nil
	}
	data, err := json.Marshal(stored{Version: memoryVersion, Root: root, Files: m})
	if err != nil {
		return fmt.Errorf("encode fingerprints: %w", err)
	}
	if len(data) > maxMemory {
		return fmt.Errorf("save fingerprints: %d bytes are more than the %d of the limit", len(data), maxMemory)
	}
	return to.Save(data)
}
