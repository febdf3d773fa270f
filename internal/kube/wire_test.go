package kube

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/perseid-dev/perseid/internal/kube/kubetest"
)

func TestDecode(t *testing.T) {
	given := kubetest.Object{
		Namespace: "n", Name: "x", Annotations: map[string]string{"a": "1", "b": ""},
		Data: map[string]string{"z": "text", "empty": ""}, Binary: map[string]string{"bin": "\x00\xff"},
	}
	want := Object{
		Resource: ConfigMaps, Namespace: "n", Name: "x", UID: "uid-x", ResourceVersion: "0", Created: time.Unix(1_700_000_000, 0).UTC(),
		Annotations: given.Annotations,
		Values:      []Value{{Key: "bin", Data: []byte("\x00\xff"), Binary: true}, {Key: "empty", Data: []byte{}}, {Key: "z", Data: []byte("text")}},
	}
	var got Object
	if err := got.decode(ConfigMaps, given.Encode()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	given.Binary, given.Annotations = nil, nil
	want.Resource, want.Annotations = Secrets, nil
	want.Values = []Value{{Key: "empty", Data: []byte{}, Binary: true}, {Key: "z", Data: []byte("text"), Binary: true}}
	if err := got.decode(Secrets, given.Encode()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("of a used object: %s", diff)
	}
}

func TestFrameTooLarge(t *testing.T) {
	b := newBody(bytes.NewReader([]byte{0xff, 0xff, 0xff, 0xff}))
	if _, err := b.frame(); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("got %v", err)
	}
}

// A large object does not leave its buffer behind.
func TestBufferShrinks(t *testing.T) {
	b := newBody(io.MultiReader(bytes.NewReader(make([]byte, 2<<20)), bytes.NewReader(make([]byte, 10))))
	for _, n := range []uint64{2 << 20, 10} {
		if _, err := b.take(n); err != nil {
			t.Fatal(err)
		}
	}
	if cap(b.buffer) > keptBuffer {
		t.Errorf("%d bytes are kept", cap(b.buffer))
	}
}

// What refuses a request is told in its own words, whatever their form, and bounded.
func TestRefusals(t *testing.T) {
	status := &metav1.Status{Code: 429, Message: "slow down", Details: &metav1.StatusDetails{RetryAfterSeconds: 7}}
	raw, err := status.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := (&runtime.Unknown{Raw: raw}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		media, body string
		code        int
		want        string
		after       time.Duration
	}{
		"protobuf":    {runtime.ContentTypeProtobuf, "k8s\x00" + string(wrapped), 429, "429: slow down", 7 * time.Second},
		"damaged":     {runtime.ContentTypeProtobuf, "k8s\x00\xff", 500, "500: Internal Server Error", 0},
		"JSON":        {"application/json", `{"message":"no","code":403}`, 403, "403: no", 0},
		"text":        {"text/plain; charset=utf-8", " bad gateway\n", 502, "502: bad gateway", 0},
		"long text":   {"text/plain", strings.Repeat("x", 10_000), 502, "502: " + strings.Repeat("x", maxErrorText), 0},
		"page":        {"text/html", "<html>", 503, "503: Service Unavailable", 0},
		"redirection": {"text/html", "", 302, "302: Found", 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", test.media)
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(test.code)
				io.WriteString(w, test.body)
			}))
			defer server.Close()
			_, err := to(t, server.URL).Get(t.Context(), ConfigMaps, "n", "x")
			var s *StatusError
			if !errors.As(err, &s) || err.Error() != "read configmap n/x: "+test.want || s.RetryAfter != test.after {
				t.Errorf("got %v, %+v", err, s)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	o := kubetest.Object{Namespace: "n", Name: "x", Data: map[string]string{"k": "v"}, Binary: map[string]string{"b": "w"}, Annotations: map[string]string{"a": "1"}}
	f.Add(o.Encode())
	f.Add(kubetest.Frame("ADDED", o.Encode())[4:])
	f.Add(kubetest.Page(7, "next", []kubetest.Object{o, o}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var o Object
		for _, r := range []Resource{ConfigMaps, Secrets} {
			if o.decode(r, data) == nil && len(o.Values) > len(data) {
				t.Errorf("%d values of %d bytes", len(o.Values), len(data))
			}
		}
		decodeEvent(data)
		newBody(bytes.NewReader(data)).frame()
		newBody(bytes.NewReader(data)).page(ConfigMaps, func(*Object) {})
		newBody(bytes.NewReader(data)).object(Secrets)
	})
}
