package kubernetes

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/source"
)

// held is what is kept of one object: its files without their bytes.
type held struct {
	prefix  string // of the paths of its files: namespace/kind/name/
	version string // resourceVersion
	files   []source.File
	unread  []source.Unread // values that could not be taken
	notes   []source.Unread // values that are not used
	fresh   bool            // bytes were put that are not known to be durable
	spoiled bool            // bytes were not kept; the object is to be read again
	listing int             // the listing that saw it last
}

// prefixOf is where the files of an object are.
func prefixOf(o *kube.Object) string {
	return o.Namespace + "/" + o.Resource.Kind() + "/" + o.Name + "/"
}

// taker turns objects into what is kept of them.
type taker struct {
	o *Options
}

// take puts the bytes of an object's values into the bodies, and gives what is to be remembered.
func (t *taker) take(o *kube.Object) *held {
	h := &held{prefix: prefixOf(o), version: o.ResourceVersion}
	object := t.describe(o)
	for _, v := range o.Values {
		name, compression := v.Key, none
		if t.o.Expand && v.Binary {
			name, compression = splitCompression(v.Key)
		}
		switch {
		case t.o.Accept != nil && !t.o.Accept(name):
		case compression != none && hasKey(o.Values, name):
			h.notes = append(h.notes, source.Unread{Prefix: h.prefix + v.Key, Reason: fmt.Sprintf("not used, since the key %s is there too; remove one of them", name)})
		default:
			t.value(h, object, v, name, compression)
		}
	}
	slices.SortFunc(h.files, func(a, b source.File) int { return cmp.Compare(a.Path, b.Path) })
	return h
}

func hasKey(values []kube.Value, key string) bool {
	_, found := slices.BinarySearchFunc(values, key, func(v kube.Value, key string) int { return strings.Compare(v.Key, key) })
	return found
}

// value takes one value, or says why not.
func (t *taker) value(h *held, object source.Object, v kube.Value, name string, c compression) {
	path, origin := h.prefix+name, strings.TrimSuffix(h.prefix, "/")+":"+v.Key
	data, err := expand(c, v.Data)
	if err != nil {
		h.unread = append(h.unread, source.Unread{
			Prefix: path, Reason: fmt.Sprintf("the key %s cannot be expanded: %v", v.Key, err), Origin: origin, Object: object,
		})
		return
	}
	f := source.File{
		Path: path, Origin: origin, Digest: source.DigestOf(data), Size: int64(len(data)),
		Secret: object.Kind == kube.Secrets.Kind(), Object: object,
	}
	if !t.o.Bodies.Has(f.Digest) {
		if err := t.o.Bodies.Put(f.Digest, data, f.Secret); err != nil {
			h.spoil(f.Path, err)
			return
		}
		h.fresh = true
	}
	h.files = append(h.files, f)
}

// spoil notes that the bytes of a file could not be kept.
func (h *held) spoil(path string, err error) {
	h.spoiled = true
	h.unread = append(h.unread, source.Unread{Prefix: path, Reason: fmt.Sprintf("its content cannot be kept: %v", err)})
}

// settle notes how the sync went that followed the puts. Bodies that lost what was put are asked, since another's sync may have failed.
func (h *held) settle(b source.Bodies, synced error) {
	h.fresh = false
	h.files = slices.DeleteFunc(h.files, func(f source.File) bool {
		err := synced
		if err == nil && !b.Has(f.Digest) {
			err = errors.New("its content was not kept")
		}
		if err != nil {
			h.spoil(f.Path, err)
		}
		return err != nil
	})
}

// stands says whether an object that is seen again needs no reading.
func (h *held) stands(o *kube.Object, b source.Bodies) bool {
	return h != nil && !h.spoiled && h.version == o.ResourceVersion && !slices.ContainsFunc(h.files, func(f source.File) bool { return !b.Has(f.Digest) })
}

// describe keeps what others want to know of an object.
func (t *taker) describe(o *kube.Object) source.Object {
	d := source.Object{
		Kind: o.Resource.Kind(), Namespace: o.Namespace, Name: o.Name, UID: o.UID,
		Project: cut(o.Annotations[AnnotationProject]), Priority: cut(o.Annotations[AnnotationPriority]),
		Prune: cut(o.Annotations[AnnotationPrune]), Suspend: cut(o.Annotations[AnnotationSuspend]),
	}
	if !o.Created.IsZero() {
		d.Created = o.Created.Unix()
	}
	if t.o.DirectoryAnnotation != "" {
		d.Directory = cut(o.Annotations[t.o.DirectoryAnnotation])
	}
	return d
}

// cut bounds the value of an annotation, at the end of a character.
func cut(value string) string {
	if len(value) <= MaxAnnotation {
		return value
	}
	n := MaxAnnotation
	for n > 0 && !utf8.RuneStart(value[n]) {
		n--
	}
	return strings.Clone(value[:n])
}
