package config

// Delivery is what Perseid adds to Perses' configuration.
type Delivery struct {
	Sources        []Source  `json:"sources,omitempty"`
	Adopt          Adopt     `json:"adopt"`
	CreateProjects bool      `json:"create_projects"`
	Protect        bool      `json:"protect"`
	Prune          Prune     `json:"prune"`
	OnInvalid      OnInvalid `json:"on_invalid"`
	API            API       `json:"api,omitzero"`
	Tenancy        []Tenancy `json:"tenancy,omitempty"`
	Events         Events    `json:"events"`
	Proxy          Proxy     `json:"proxy"`
}

func (d *Delivery) setDefaults() {
	d.Adopt, d.Protect, d.OnInvalid = AdoptAlways, true, Auto
	d.Prune = Prune{Settle: 30 * second, Delay: 2 * second}
}

// Source is an entry of delivery.sources: one Place to read, and how. What it leaves out it takes from delivery and provisioning.
type Source struct {
	Name       string       `json:"name,omitempty"`
	Directory  *Directory   `json:"directory,omitempty"`
	ConfigMaps *ConfigMaps  `json:"configmaps,omitempty"`
	Artifact   *Artifact    `json:"artifact,omitempty"`
	Priority   int          `json:"priority,omitempty"`
	Interval   Duration     `json:"interval,omitempty"`
	Prune      *SourcePrune `json:"prune,omitempty"`
	OnInvalid  OnInvalid    `json:"on_invalid,omitempty"`
	// Pin is a revision, the start of one, or a version: the release to stay at (DELIVERY R23).
	Pin          string `json:"pin,omitempty"`
	RequireIndex bool   `json:"require_index,omitempty"`
}

// API is how the delivery API is protected. TokenFile is a path: whoever checks tokens reads it, again when it changes (DELIVERY R26).
type API struct {
	TokenFile string `json:"token_file,omitempty"`
}

// Events says whether authors are told by Kubernetes Events what became of their ConfigMaps.
type Events struct {
	Disable bool `json:"disable"`
}

// Prune says how deletions are guarded (DELIVERY R15).
type Prune struct {
	Disable bool     `json:"disable"`
	Settle  Duration `json:"settle"`
	Delay   Duration `json:"delay"`
}

// SourcePrune replaces parts of Prune for one source; nil leaves a part as it is.
type SourcePrune struct {
	Disable *bool     `json:"disable,omitempty"`
	Settle  *Duration `json:"settle,omitempty"`
	Delay   *Duration `json:"delay,omitempty"`
}

// Adopt says whether a source may take over a resource that nobody manages (DELIVERY R11).
type Adopt string

// The values of Adopt.
const (
	AdoptAlways Adopt = "always" // keeping the previous content for undo
	AdoptEqual  Adopt = "equal"  // only where nothing changes but the owner
	AdoptNever  Adopt = "never"
)

// OnInvalid says what an invalid document does to the rest of its source (DELIVERY R18, R19).
type OnInvalid string

// The values of OnInvalid.
const (
	Auto OnInvalid = "auto" // hold where an index vouches for the whole, skip where none does
	Skip OnInvalid = "skip" // what is good applies
	Hold OnInvalid = "hold" // the previous release stays whole
)
