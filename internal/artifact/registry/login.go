package registry

import (
	"context"
	"errors"
	"fmt"

	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"

	"github.com/perseid-dev/perseid/internal/problem"
)

// Login asks a registry whether it knows the user of o, and keeps user and password in o.CredentialsFile: in the credential helper that
// it names for the registry, or else in the file itself, where they can be read. It says which.
func Login(ctx context.Context, host string, o Options) (helper bool, err error) {
	file := o.CredentialsFile
	if file == "" {
		return false, errors.New("no file to keep the credentials in")
	}
	w, err := newWire(host, o)
	if err != nil {
		return false, err
	}
	defer w.transport.CloseIdleConnections()
	server, err := remote.NewRegistry(host)
	if err != nil {
		return false, fmt.Errorf("%q does not name a registry", host)
	}
	server.Client, server.PlainHTTP = w.client, w.plain
	r := &Repository{ref: Reference{Registry: host}}
	if err := server.Ping(ctx); err != nil {
		class, why, cause := r.reason(err)
		return false, &problem.Failure{Class: class, Detail: fmt.Sprintf("log in to %s: %s", host, why), Err: cause}
	}
	return keep(ctx, file, host, auth.Credential{Username: o.Username, Password: o.Password})
}

func keep(ctx context.Context, file, host string, c auth.Credential) (helper bool, err error) {
	store, err := credentials.NewStore(file, credentials.StoreOptions{})
	if err != nil {
		return false, &credentialError{file, err}
	}
	address := credentials.ServerAddressFromRegistry(host)
	if err = store.Put(ctx, address, c); !errors.Is(err, credentials.ErrPlaintextPutDisabled) {
		if err != nil {
			return true, &credentialError{file, err}
		}
		return true, nil
	}
	store, err = credentials.NewStore(file, credentials.StoreOptions{AllowPlaintextPut: true})
	if err == nil {
		err = store.Put(ctx, address, c)
	}
	if err != nil {
		return false, &credentialError{file, err}
	}
	return false, nil
}
