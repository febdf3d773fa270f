package kubernetes_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/delivery"
	perseid "github.com/perseid-dev/perseid/internal/server"
	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// served is a server that follows ConfigMaps.
type served struct {
	c        *cluster.Cluster
	url      string
	log      *lockedBuffer
	database string
}

// serve runs a server until the test ends. settings are the lines of `delivery:`, where KUBECONFIG stands for that of the account.
func serve(t testing.TB, a *cluster.Account, p *cluster.Proxy, settings string) *served {
	t.Helper()
	url := ""
	if p != nil {
		url = p.URL
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "config.yaml")
	text := "database: {file: {folder: " + filepath.Join(dir, "db") + "}}\ndelivery:\n" + strings.ReplaceAll(settings, "KUBECONFIG", a.Kubeconfig(t, url))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, problems := config.Load(config.Options{File: file})
	if problems.Invalid() {
		t.Fatal(problems)
	}
	s := &served{c: shared, log: &lockedBuffer{}, database: filepath.Join(dir, "db")}
	running, err := perseid.New(perseid.Options{Config: c, Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(s.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + running.Addr()
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := running.Start(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		wait.Wait()
		if t.Failed() {
			t.Log(s.log)
		}
	})
	s.visible(t, "/api/delivery/v1/sources", `"kubernetes"`)
	return s
}

// get is the status and the body of an answer.
func (s *served) get(t testing.TB, path string) (int, string) {
	t.Helper()
	resp, err := http.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// visible waits until an answer holds a text.
func (s *served) visible(t testing.TB, path, text string) {
	t.Helper()
	eventually(t, path+" to show "+text, func() bool {
		code, body := s.get(t, path)
		return code == http.StatusOK && strings.Contains(body, text)
	})
}

func (s *served) gone(t testing.TB, path string) {
	t.Helper()
	eventually(t, path+" to be gone", func() bool {
		code, _ := s.get(t, path)
		return code != http.StatusOK
	})
}

// documents is what became of every document.
func (s *served) documents(t testing.TB) (all []delivery.Document) {
	t.Helper()
	s.read(t, "/documents", &all)
	return all
}

// source is the state of the one source.
func (s *served) source(t testing.TB) delivery.Source {
	t.Helper()
	var all []delivery.Source
	s.read(t, "/sources", &all)
	return all[0]
}

func (s *served) read(t testing.TB, path string, into any) {
	t.Helper()
	_, body := s.get(t, "/api/delivery/v1"+path)
	if err := json.Unmarshal([]byte(body), into); err != nil {
		t.Fatalf("%v: %.300s", err, body)
	}
}

// becomes waits until every document of an object has an outcome, and gives what is wrong with the last.
func (s *served) becomes(t testing.TB, object string, outcome delivery.Outcome) string {
	t.Helper()
	var problems []string
	eventually(t, object+" to be "+string(outcome), func() bool {
		problems = nil
		found := false
		for _, d := range s.documents(t) {
			if d.Object == nil || d.Object.Namespace+"/"+d.Object.Name != object {
				continue
			}
			if found = true; d.Outcome != outcome {
				return false
			}
			for _, p := range d.Problems {
				problems = append(problems, p.String())
			}
		}
		return found
	})
	return strings.Join(problems, "\n")
}

// event is one Event as the test reads it.
type event struct {
	Metadata       struct{ Name string }
	InvolvedObject struct{ Kind, Name, Uid string }
	Type, Reason   string
	Message        string
}

func (s *served) events(t testing.TB, namespace string) []event {
	t.Helper()
	var list struct{ Items []event }
	if err := json.Unmarshal(s.c.Do(t, http.MethodGet, "/api/v1/namespaces/"+namespace+"/events", nil), &list); err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// told waits for an Event about an object, and gives its message.
func (s *served) told(t testing.TB, object, reason, text string) string {
	t.Helper()
	namespace, name, _ := strings.Cut(object, "/")
	message := ""
	eventually(t, "an Event "+reason+" about "+object+" that says "+text, func() bool {
		return slices.ContainsFunc(s.events(t, namespace), func(e event) bool {
			message = e.Message
			return e.InvolvedObject.Name == name && e.InvolvedObject.Uid != "" && e.Reason == reason && strings.Contains(e.Message, text)
		})
	})
	return message
}

// lockedBuffer is a log that is written and read at once.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *lockedBuffer) count(text string) int { return strings.Count(l.String(), text) }

// everywhere is a source of all namespaces.
const everywhere = "  sources: [{name: teams, configmaps: {namespaces: ['*'], label: LABEL, resources: both, kubeconfig: KUBECONFIG}}]\n"

// team is what one test works in: two namespaces, and a label that no other test uses.
type team struct {
	c         *cluster.Cluster
	label     string
	mine, his string
	account   *cluster.Account
	settings  string
}

func newTeams(t testing.TB) *team {
	t.Helper()
	c := server(t)
	w := &team{c: c, account: c.Account(t), mine: c.Namespace(t), his: c.Namespace(t)}
	w.label = "perses.dev/" + w.mine
	w.settings = strings.ReplaceAll(everywhere, "LABEL", w.label)
	w.account.Allow(t, "", cluster.Reads("secrets"))
	return w
}

// object is a labelled object of one key.
func (w *team) object(namespace, name, body string, annotations ...string) cluster.Object {
	o := cluster.Object{Namespace: namespace, Name: name, Labels: map[string]string{w.label: "true"}, Data: map[string]string{"x.yaml": body}}
	for _, a := range annotations {
		key, value, _ := strings.Cut(a, "=")
		if o.Annotations == nil {
			o.Annotations = map[string]string{}
		}
		o.Annotations["perseid.dev/"+key] = value
	}
	return o
}

func (w *team) apply(t testing.TB, namespace, name, body string, annotations ...string) cluster.Object {
	t.Helper()
	o := w.object(namespace, name, body, annotations...)
	w.c.Apply(t, o)
	return o
}

func project(name string) string {
	return fmt.Sprintf("kind: Project\nmetadata: {name: %s}\nspec: {}\n", name)
}

func dashboard(project, name, duration string) string {
	return fmt.Sprintf("kind: Dashboard\nmetadata: {project: %s, name: %s}\nspec: {panels: {}, layouts: [], duration: %s}\n", project, name, duration)
}
