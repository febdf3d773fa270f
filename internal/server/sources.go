package server

import (
	"fmt"
	"log/slog"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/dir"
)

// opener makes the sources of a configuration. A new sort of source is a case of open and the method it calls.
type opener struct {
	config *config.Config
	bodies source.Bodies
	inv    *inventory.Inventory
	log    *slog.Logger
	// clusters are those whose authors can be told, by the name of the source.
	clusters map[string]*kube.Client
}

func (o *opener) openAll() ([]reconcile.SourceConfig, error) {
	o.clusters = map[string]*kube.Client{}
	if err := o.refuseTwice(); err != nil {
		return nil, err
	}
	var out []reconcile.SourceConfig
	for _, s := range o.config.Sources() {
		opened := reconcile.SourceConfig{
			Location: s.Location.String(), Priority: s.Priority, OnInvalid: desired.OnInvalid(s.OnInvalid),
			PruneOff: !s.Prune, Settle: s.Settle, PruneDelay: s.Delay, Pin: s.Pin,
		}
		if err := o.open(s, &opened); err != nil {
			return nil, fmt.Errorf("source %s: %w", s.Name, err)
		}
		out = append(out, opened)
	}
	return out, nil
}

// open fills in the source itself, and what the loop must know of its sort.
func (o *opener) open(s config.SourceConfig, opened *reconcile.SourceConfig) error {
	switch l := s.Location.(type) {
	case *config.Directory:
		o.directory(s, l, opened)
		return nil
	case *config.ConfigMaps:
		return o.configMaps(s, l, opened)
	case *config.Artifact:
		return o.artifact(s, l, opened)
	default:
		return fmt.Errorf("this version cannot read %s", l)
	}
}

func (o *opener) directory(s config.SourceConfig, d *config.Directory, opened *reconcile.SourceConfig) {
	opened.Kind = "directory"
	opened.Source = dir.New(dir.Options{
		Name: s.Name, Root: d.String(), Bodies: o.bodies, Interval: s.Interval, Watch: s.Watch, Settle: s.Settle,
		RequireIndex: s.RequireIndex, Memory: o.inv.Memory("fingerprints " + s.Name), Log: o.log,
	})
}
