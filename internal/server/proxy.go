package server

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/proxy"
	"github.com/perseid-dev/perseid/internal/store"
)

// proxy opens the way to datasources.
func (c *core) proxy(conf *config.Config, registry *prometheus.Registry, log *slog.Logger) (*proxy.Proxy, error) {
	settings := conf.Delivery.Proxy
	allow, err := config.ParseDestinations(settings.Allow)
	if err != nil {
		return nil, err
	}
	deny, err := config.ParseDestinations(settings.Deny)
	if err != nil {
		return nil, err
	}
	p, err := proxy.New(proxy.Options{
		Store: c.db, Registry: registry, Log: log,
		Prefix: conf.APIPrefix, CaseSensitive: conf.Database.File.CaseSensitive,
		Disabled: conf.DisabledKinds(), NoLocalSources: conf.Datasource.DisableLocal,
		Stopping: c.stopping, AllowOrigin: corsOf(conf.Security.CORS).Allows,
		Allow: proxy.Destinations(allow), Deny: proxy.Destinations(deny), Timeout: time.Duration(settings.Timeout),
		SecretDirectories: settings.SecretDirectories, Trusted: c.trusted(conf.Delivery.Protect),
	})
	if err == nil {
		c.closers = append(c.closers, p.Close)
	}
	return p, err
}

// trusted says of a secret whether it is as a source delivered it: who may write secrets through the API is not to read files of the
// server by it (R34).
func (c *core) trusted(protect bool) func(*store.Entry) bool {
	return func(secret *store.Entry) bool {
		if !protect || len(secret.Mark) == 0 {
			return false
		}
		owner := c.reconciler.Owner(secret.ID, secret.Mark)
		return owner != nil && !owner.Writable
	}
}
