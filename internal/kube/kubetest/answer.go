package kubetest

import (
	"encoding/binary"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// bytesField appends a field of bytes to a message.
func bytesField(message []byte, num protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(message, num, protowire.BytesType), value)
}

func text(message []byte, num protowire.Number, value string) []byte {
	return bytesField(message, num, []byte(value))
}

func entries(message []byte, num protowire.Number, m map[string]string) []byte {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		message = bytesField(message, num, text(text(nil, 1, k), 2, m[k]))
	}
	return message
}

// wrap puts a message into the envelope all messages have.
func wrap(message []byte) []byte {
	typeMeta := text(text(nil, 1, "v1"), 2, "Kind")
	return append([]byte("k8s\x00"), text(text(bytesField(bytesField(nil, 1, typeMeta), 2, message), 3, ""), 4, "")...)
}

// Encode gives the message of an object, without its envelope.
func (o Object) Encode() []byte {
	meta := text(nil, 1, o.Name)
	meta = text(meta, 3, o.Namespace)
	meta = text(meta, 5, "uid-"+o.Name)
	meta = text(meta, 6, strconv.Itoa(o.revision))
	meta = bytesField(meta, 8, protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 1_700_000_000))
	meta = entries(meta, 12, o.Annotations)
	meta = bytesField(meta, 17, []byte("managed fields, of no interest"))
	return entries(entries(bytesField(nil, 1, meta), 2, o.Data), 3, o.Binary)
}

// Frame gives a frame of a watch.
func Frame(kind string, message []byte) []byte {
	event := bytesField(text(nil, 1, kind), 2, bytesField(nil, 1, wrap(message)))
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(event))), event...)
}

// Page gives one page of a list.
func Page(revision int, next string, objects []Object) []byte {
	list := bytesField(nil, 1, text(text(nil, 2, strconv.Itoa(revision)), 3, next))
	for _, o := range objects {
		list = bytesField(list, 2, o.Encode())
	}
	return wrap(list)
}

func (f *Front) list(w http.ResponseWriter, r *http.Request) {
	objects, revision := f.selected(r)
	w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
	if _, _, name := asked(r); name != "" {
		if len(objects) == 0 {
			refuse(w, Refusal{Code: http.StatusNotFound, Message: name + " not found"})
			return
		}
		w.Write(wrap(objects[0].Encode()))
		return
	}
	start, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	end, next := len(objects), ""
	if limit > 0 && start+limit < end {
		end, next = start+limit, strconv.Itoa(start+limit)
	}
	page := Page(revision, next, objects[start:end])
	if f.isBroken(end - start) {
		page = page[:len(page)*3/4]
		w.Header().Set("Content-Length", strconv.Itoa(len(page)+1))
	}
	w.Write(page)
}

func (f *Front) isBroken(sent int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.breakAt > 0 && sent >= f.breakAt
}

// watch sends what happens since a revision, after everything that is there if that is asked for.
func (f *Front) watch(w http.ResponseWriter, r *http.Request, initial bool) {
	from, _ := strconv.Atoi(r.URL.Query().Get("resourceVersion"))
	f.mu.Lock()
	expired := from != 0 && from < f.oldest
	f.mu.Unlock()
	if expired {
		refuse(w, Refusal{Code: http.StatusGone, Message: "too old resource version"})
		return
	}
	s := &sender{f: f, w: w}
	if from == 0 {
		objects, revision := f.selected(r)
		for _, o := range objects {
			s.send("ADDED", o)
		}
		end := Object{revision: revision}
		if initial {
			end.Annotations = map[string]string{"k8s.io/initial-events-end": "true"}
		}
		s.send("BOOKMARK", end)
		from = revision
	}
	s.flush()
	s.follow(r, from)
}

// sender sends frames until the connection breaks.
type sender struct {
	f    *Front
	w    http.ResponseWriter
	sent int
}

func (s *sender) send(kind string, o Object) {
	if s.sent++; s.f.isBroken(s.sent) {
		s.flush()
		panic(http.ErrAbortHandler)
	}
	s.w.Write(Frame(kind, o.Encode()))
}

func (s *sender) flush() { http.NewResponseController(s.w).Flush() }

func (s *sender) follow(r *http.Request, from int) {
	for {
		if !s.f.mayTalk(r) {
			return
		}
		changes, changed := s.f.since(r, from)
		for _, c := range changes {
			s.send(c.kind, c.object)
			from = c.object.revision
		}
		s.flush()
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		}
	}
}

// since gives what happened after a revision, and what tells of more.
func (f *Front) since(r *http.Request, from int) (changes []change, changed <-chan struct{}) {
	resource, namespace, _ := asked(r)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.history {
		if c.object.revision > from && c.object.Resource == resource && (namespace == "" || c.object.Namespace == namespace) {
			changes = append(changes, c)
		}
	}
	return changes, f.changed
}
