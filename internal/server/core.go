package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"os"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/api"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/objects"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/store"
	"github.com/perseid-dev/perseid/internal/webui"
)

// stateFolder is where our own state lies in the database folder; Perses ignores it.
const stateFolder = ".perseid"

// core is what serves: the open database, the loop that feeds it and the handler over both.
type core struct {
	database   string
	db         *store.Store
	reconciler *reconcile.Reconciler
	teller     *teller // nil if nobody is told
	handler    http.Handler
	stopping   context.Context // ends when the server does
	closers    []func() error
}

// close undoes newCore, last in, first out.
func (c *core) close() error {
	var errs []error
	for i := len(c.closers) - 1; i >= 0; i-- {
		errs = append(errs, c.closers[i]())
	}
	return errors.Join(errs...)
}

func newCore(stopping context.Context, o Options, cert *certificate, log *slog.Logger) (_ *core, err error) {
	c := &core{stopping: stopping}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	file := o.Config.Database.File
	c.database = file.Folder
	key, err := seal.NewKey(o.Config.Key())
	if err != nil {
		return nil, err
	}
	db, err := store.Open(store.Options{
		Dir: file.Folder, Extension: string(file.Extension), CaseSensitive: file.CaseSensitive, Key: key, Log: log,
	})
	if err != nil {
		return nil, err
	}
	c.db, c.closers = db, append(c.closers, db.Close)
	if err := c.follow(o, log, db, key); err != nil {
		return nil, err
	}
	return c, c.serve(o, cert, log)
}

// follow prepares the reconcile loop over the database.
func (c *core) follow(o Options, log *slog.Logger, db *store.Store, key *seal.Key) error {
	state, err := c.state(db)
	if err != nil {
		return err
	}
	kept, err := objects.Open(filepath.Join(state, "objects"), key)
	if err != nil {
		return err
	}
	c.closers = append(c.closers, kept.Close)
	inv, err := inventory.Open(filepath.Join(state, "inventory"), key)
	if err != nil {
		return err
	}
	entries, err := db.All()
	if err != nil {
		return err
	}
	examiner := examinerOf(o.Config, key)
	open := &opener{config: o.Config, bodies: sealed{kept}, inv: inv, log: log}
	sources, err := open.openAll()
	if err != nil {
		return err
	}
	c.reconciler, err = reconcile.New(reconcile.Options{
		Sources: sources, Sink: newSink(db, key, examiner), Objects: sealed{kept}, Inventory: inv,
		ReadMark:       func(mark []byte) (*inventory.Mark, error) { return readMark(key, mark) },
		Examiner:       examiner,
		Circumstances:  fmt.Sprintf("2 %t %t %t %s", examiner.CaseSensitive, examiner.NoLocalDatasources, examiner.NoLocalVariables, key.ID()),
		Adopt:          desired.Adopt(o.Config.Delivery.Adopt),
		CreateProjects: o.Config.Delivery.CreateProjects,
		Tenancy:        rulesOf(o.Config),
		Higher:         registry.Higher,
		Reformed:       db.Reformed(),
		Filled:         len(entries) > 0,
		Log:            log,
	})
	if err == nil && !o.Config.Delivery.Events.Disable {
		c.teller = newTeller(open.clusters, c.reconciler, log)
	}
	return err
}

// state is where sources and the loop keep what they remember. What a newer program keeps beside the documents is not ours to understand,
// rewrite or forget (R30): then it is a directory for this run.
func (c *core) state(db *store.Store) (string, error) {
	if !db.Newer() {
		return filepath.Join(c.database, stateFolder), nil
	}
	dir, err := os.MkdirTemp("", "perseid-")
	if err != nil {
		return "", fmt.Errorf("make room beside a database of a newer version: %w", err)
	}
	c.closers = append(c.closers, func() error { return os.RemoveAll(dir) })
	return dir, nil
}

func examinerOf(c *config.Config, key *seal.Key) desired.Examiner {
	return desired.Examiner{
		CaseSensitive: c.Database.File.CaseSensitive, HashKey: key.HashKey(),
		NoLocalDatasources: c.Datasource.DisableLocal, NoLocalVariables: c.Variable.DisableLocal,
	}
}

// sealed keeps every content as a secret: any file may hold one, and a source cannot tell (R33).
type sealed struct{ *objects.Store }

// Put implements source.Bodies.
func (s sealed) Put(d source.Digest, data []byte, _ bool) error { return s.Store.Put(d, data, true) }

// serve builds the handler.
func (c *core) serve(o Options, cert *certificate, log *slog.Logger) error {
	registry, db := prometheus.NewRegistry(), c.db
	if cert != nil {
		registerCertificate(registry, cert)
	}
	registerMetrics(registry, c.reconciler, db)
	token, err := tokenFile(o.Config.Delivery.API.TokenFile).token(log)
	if err != nil {
		return err
	}
	ui, err := pages(o.Config, log)
	if err != nil {
		return err
	}
	datasources, err := c.proxy(o.Config, registry, log)
	if err != nil {
		return err
	}
	handler, err := api.New(api.Options{
		Store: db, Delivery: c.reconciler, Texts: c.reconciler, Owner: c.reconciler.Owner, Registry: registry, Log: log,
		Prefix: o.Config.APIPrefix, TelemetryPath: o.TelemetryPath,
		ReadOnly: o.Config.Security.ReadOnly, Protect: o.Config.Delivery.Protect, CaseSensitive: o.Config.Database.File.CaseSensitive,
		CORS: corsOf(o.Config.Security.CORS), Config: o.Config.JSON(), Disabled: o.Config.DisabledKinds(),
		NoLocalSources: o.Config.Datasource.DisableLocal, NoLocalVars: o.Config.Variable.DisableLocal,
		HashPassword: seal.HashPassword,
		Database:     func() delivery.Database { return describeDatabase(db, o.Config) }, Token: token,
		Proxy: datasources, UI: ui, Plugins: webui.Plugins(),
	})
	if err != nil {
		return err
	}
	c.handler = handler
	if o.Pprof {
		c.handler = withPprof(handler)
	}
	return nil
}

// pages is the web interface; nil where the configuration wants none.
func pages(c *config.Config, log *slog.Logger) (http.Handler, error) {
	if c.Frontend.Disable {
		return nil, nil
	}
	ui, err := webui.New(c.APIPrefix)
	if err != nil {
		return nil, err
	}
	if !ui.Built() {
		log.Info("this program was built without the web interface; make ui build makes one with it")
	}
	return ui, nil
}

func corsOf(c config.CORS) *api.CORS {
	if !c.Enable {
		return nil
	}
	return &api.CORS{
		AllowOrigins: c.AllowOrigins, AllowMethods: c.AllowMethods, AllowHeaders: c.AllowHeaders, ExposeHeaders: c.ExposeHeaders,
		AllowCredentials: c.AllowCredentials, MaxAge: c.MaxAge,
	}
}

func withPprof(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.Handle("/", next)
	return mux
}
