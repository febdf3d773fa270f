package api

import (
	"errors"
	"fmt"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
	"github.com/perseid-dev/perseid/internal/validate"
)

// mask is what an answer shows in place of a sensitive value (perses.md §1.10).
const mask = "<secret>"

// merges says whether a PUT depends on what is stored: users and secrets keep values, role bindings their role, dashboards what their
// editor does not know.
func merges(k *resource.Kind, keep *keeper) bool { return k.Secret || isBinding(k) || keep != nil }

func isBinding(k *resource.Kind) bool {
	return k.Name == "RoleBinding" || k.Name == "GlobalRoleBinding"
}

// merge takes into r what a PUT leaves to the stored document, and returns that document; nils if there is none, or r needs none.
func (a *api) merge(r *resource.Resource, keep *keeper) (*store.Entry, *resource.Resource, error) {
	if !merges(r.Kind, keep) || !a.Store.Has(r.ID()) {
		return nil, nil, nil
	}
	entry, err := a.Store.Get(r.ID())
	if err != nil {
		return nil, nil, err
	}
	old, err := a.Store.Read(entry)
	if errors.Is(err, store.ErrReplaced) {
		return nil, nil, errMoved
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", entry.ID, err)
	}
	if err := validate.Update(old, r).Err(); err != nil {
		return nil, nil, err
	}
	switch {
	case keep != nil:
		err = keep.unknown(r, old)
	case r.Kind.Name == "User":
		err = keepUser(r, old)
	}
	if err != nil {
		return nil, nil, err
	}
	return entry, old, keepMasked(r, old)
}

// keepMasked replaces the mask, as a client that read the document sends it back, by the value it stands for.
func keepMasked(r, old *resource.Resource) error {
	stored := make(map[string]string)
	if err := old.MapSensitive(func(_ resource.Sensitive, path, value string) (string, error) {
		stored[path] = value
		return value, nil
	}); err != nil {
		return err
	}
	return r.MapSensitive(func(_ resource.Sensitive, path, value string) (string, error) {
		if kept, ok := stored[path]; ok && value == mask {
			return kept, nil
		}
		return value, nil
	})
}

// keepUser takes an empty password, first name or last name from the stored user (perses.md §1.14).
func keepUser(r, old *resource.Resource) error {
	for _, name := range []string{"firstName", "lastName"} {
		if r.Spec.Str(name) == "" && old.Spec.Str(name) != "" {
			set(&r.Spec, name, *old.Spec.Get(name))
		}
	}
	if r.Spec.Str("nativeProvider", "password") == "" && old.Spec.Str("nativeProvider", "password") != "" {
		set(&r.Spec, "nativeProvider", *old.Spec.Get("nativeProvider"))
	}
	return canonical(r)
}

// canonical puts the fields of a document that was changed into the order it is kept in, by reading it back.
func canonical(r *resource.Resource) error {
	again, err := resource.DecodeStored(r.JSON(), resource.JSON, r.Kind)
	if err != nil {
		return fmt.Errorf("merge %s: %w", r.ID(), err)
	}
	*r = *again
	return nil
}

func set(object *resource.Value, name string, value resource.Value) {
	if field := object.Get(name); field != nil {
		*field = value
		return
	}
	object.Type = resource.Object
	object.Fields = append(object.Fields, resource.Field{Name: name, Value: value})
}

// hashPassword replaces the passwords of a document by what is stored of them. The mask stays: it stands for the stored one.
func (a *api) hashPassword(r *resource.Resource) error {
	return r.MapSensitive(func(how resource.Sensitive, path, value string) (string, error) {
		if how != resource.Hashed || value == mask {
			return value, nil
		}
		if a.HashPassword == nil {
			return "", problem.New(problem.Internal, "no password hash is configured")
		}
		hash, err := a.HashPassword(value)
		if err != nil {
			return "", &problem.Failure{Class: problem.Invalid, Detail: path + " cannot be hashed: at most 72 bytes are possible", Err: err}
		}
		return hash, nil
	})
}

// equal says whether r means what is stored. old is the stored document where it was read; otherwise the entry's hash is compared,
// which is keyed for kinds with secrets, and for these old is always there.
func equal(r, old *resource.Resource, current *store.Entry) bool {
	if old != nil {
		return r.Hash(nil) == old.Hash(nil)
	}
	return r.Hash(nil) == current.Hash
}
