package server

import (
	"errors"
	"fmt"

	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/buildinfo"
	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/source/oci"
)

// artifact opens the source that follows an artifact.
func (o *opener) artifact(s config.SourceConfig, a *config.Artifact, opened *reconcile.SourceConfig) error {
	ref, err := registry.ParseReference(a.Reference)
	if err != nil {
		return err
	}
	options := oci.Options{
		Name: s.Name, Reference: ref, Path: a.Path, Interval: s.Interval, RequireIndex: s.RequireIndex, Bodies: o.bodies, Log: o.log,
		Registry: registry.Options{
			CredentialsFile: a.Credentials, CAFile: a.CAFile, PlainHTTP: a.Insecure, UserAgent: "perseid/" + buildinfo.Get().Version,
		},
		Memory: o.inv.Memory("artifact " + s.Name),
	}
	if a.Version != "" {
		if ref.Tag != "" || !ref.Digest.IsZero() {
			return errors.New("its reference names one artifact, and version a range of them; remove the one or the other")
		}
		versions, err := registry.ParseRange(a.Version)
		if err != nil {
			return fmt.Errorf("version: %w", err)
		}
		options.Range = &versions
	}
	if v := a.Verify; v != nil {
		options.Trust = oci.Trust{Keys: v.Keys, Optional: !v.Required}
	}
	followed := oci.New(options)
	opened.Kind, opened.Source, opened.Admits = "artifact", followed, followed.Admits
	return nil
}
