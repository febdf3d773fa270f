// Package config reads the configuration of Perses, with what Perseid adds under the key "delivery" (contracts: Perses 0.54, "Configuration").
//
// Three ideas. The Go types are the schema: decoding, the PERSES_ environment, defaults and the masked JSON are all
// read off them. The table of settings says of each key whether this version serves, accepts or refuses it, so that a
// setting that restricts is never ignored (DELIVERY R28). Everything wrong is reported at once, with its place.
//
// It opens the file it is told to and the encryption key file, and nothing else; flags are package cli's.
package config

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"

	"github.com/perseid-dev/perseid/internal/problem"
)

const maxFileBytes = 1 << 20

// Config is the whole configuration. Its fields are Perses' keys in Perses' order.
// It is read-only once loaded and then safe for concurrent use.
type Config struct {
	APIPrefix              string             `json:"api_prefix,omitempty"` // "" or "/" and a path without a trailing slash
	Security               Security           `json:"security"`
	Database               Database           `json:"database"`
	Schemas                Opaque             `json:"schemas,omitzero"`
	Dashboard              Dashboard          `json:"dashboard"`
	Provisioning           Provisioning       `json:"provisioning"`
	Datasource             Datasource         `json:"datasource"`
	Variable               Variable           `json:"variable"`
	EphemeralDashboardsOld Duration           `json:"ephemeral_dashboards_cleanup_interval,omitempty"`
	EphemeralDashboard     EphemeralDashboard `json:"ephemeral_dashboard"`
	Frontend               Frontend           `json:"frontend"`
	Plugin                 Plugin             `json:"plugin"`
	Search                 Search             `json:"search"`
	Delivery               Delivery           `json:"delivery"`

	key     []byte
	sources []SourceConfig
}

// Options says where the configuration comes from. The zero value gives the defaults.
type Options struct {
	File     string   // path of the YAML file; none if empty
	Environ  []string // as of os.Environ; only names that start with PERSES_ are read
	Database string   // replaces database.file.folder unless empty
	Folders  []string // follow provisioning.folders
}

// Load reads the file, lets the environment and then the options win over it, and verifies the result.
// Load(Options{}) is the configuration of an empty file. The problems are errors and warnings; with any error (problem.List.Invalid) the configuration must not be served,
// but may be shown. Every problem names its file, line and column, or its environment variable.
func Load(o Options) (*Config, problem.List) {
	c := &Config{}
	setDefaults(reflect.ValueOf(c).Elem())
	r := newReader(c)
	if o.File != "" && !r.readFile(o.File) {
		return c, r.problems
	}
	r.readEnvironment(o.Environ)
	if o.Database != "" {
		c.Database.File = orNew(c.Database.File)
		c.Database.File.Folder = o.Database
	}
	c.Provisioning.Folders = append(c.Provisioning.Folders, o.Folders...)
	c.normalise()
	r.verify()
	r.checkTenancy()
	r.checkProxy()
	c.sources = r.resolveSources()
	return c, r.problems
}

// Key is the 32 raw bytes of the encryption key; nil if the configuration has none that can be used.
func (c *Config) Key() []byte { return c.key }

// Sources lists the sources in the order that decides between equal priorities (DELIVERY R2, R8): provisioning folders first.
func (c *Config) Sources() []SourceConfig { return c.sources }

// JSON is the answer of GET /api/config: compact, in Perses' order, secrets masked, delivery last.
func (c *Config) JSON() []byte {
	data, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("marshal configuration: %v", err)) // no field of these types can fail
	}
	return data
}

// DisabledKinds names the kinds that the switches of datasource, variable and ephemeral_dashboard turn off.
func (c *Config) DisabledKinds() map[string]bool {
	disabled := make(map[string]bool)
	for kind, off := range map[string]bool{
		"GlobalDatasource":   c.Datasource.Global.Disable,
		"Datasource":         c.Datasource.Project.Disable,
		"GlobalVariable":     c.Variable.Global.Disable,
		"Variable":           c.Variable.Project.Disable,
		"EphemeralDashboard": !c.EphemeralDashboard.Enable,
	} {
		if off {
			disabled[kind] = true
		}
	}
	return disabled
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err == nil && len(data) > maxFileBytes {
		err = fmt.Errorf("larger than %d bytes", maxFileBytes)
	}
	return data, err
}
