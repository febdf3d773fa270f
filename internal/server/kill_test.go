package server

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/test/input"
)

const (
	killFirst      = 3 // of them fill an empty database
	killDashboards = 1000
	killPause      = 10 // rounds after which the server is let come to its end
	killEdited     = 60 // documents that change before each round
	killLatest     = 500 * time.Millisecond
	killPatience   = time.Minute           // a thousand dashboards may have to be loaded on a busy machine
	killRenaming   = 20 * time.Millisecond // after a number of documents have been staged
)

// killRounds is raised by make crash.
var killRounds = flag.Int("kill.rounds", 4, "how often TestKill kills the server")

// TestKill ends the server at random moments, in every other round at one of a transaction, and looks at what lies on the disk each time:
// every document is whole, and is one that was declared. Whenever it is let finish it serves everything as it was declared last.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server for each round")
	}
	k := newKilled(t, "json", killDashboards)
	for round := range *killRounds {
		if round == killFirst || round%killPause == killPause-1 {
			k.finish()
		}
		k.edit()
		p := k.start()
		if round%2 == 0 {
			<-time.After(k.upTo(killLatest))
		} else {
			k.untilStaged(k.behind*3/4 + k.rand.IntN(k.behind))
			<-time.After(k.upTo(killRenaming))
		}
		p.kill()
		stored, latest := k.everyDocumentIsWhole()
		k.behind = k.dashboards - latest
		t.Logf("round %d: %d dashboards stored, %d of them as declared last", round, stored, latest)
		if t.Failed() {
			return
		}
	}
	k.finish()
}

// killed is a directory of dashboards, the database that follows it, and all that was ever declared for each file of it.
type killed struct {
	t             *testing.T
	binary        string
	dir, database string
	format        string // of the directory and the database
	dashboards    int
	rand          *rand.Rand
	edits, behind int                            // behind is how many dashboards are not stored as they were declared last
	titles        map[string]string              // the last of each dashboard
	declared      map[string]map[[32]byte]string // database file → canonical hash → title
	read          map[[32]byte][32]byte          // what was decoded before: digest of the bytes → canonical hash
	company       *company                       // nil: nobody but the directory
}

func newKilled(t *testing.T, format string, dashboards int) *killed {
	base := t.TempDir()
	k := &killed{
		t: t, format: format, dashboards: dashboards, binary: filepath.Join(base, "perseid"), dir: filepath.Join(base, "src"), database: filepath.Join(base, "db"),
		rand: rand.New(rand.NewPCG(1, 2)), titles: map[string]string{}, declared: map[string]map[[32]byte]string{},
		read: map[[32]byte][32]byte{},
	}
	if out, err := exec.Command("go", "build", "-o", k.binary, "../../cmd/perseid").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	if _, err := input.Write(k.dir, format, dashboards); err != nil {
		t.Fatal(err)
	}
	for n := range dashboards {
		k.declare(n, input.Name(n))
	}
	return k
}

// upTo is a random part of a duration.
func (k *killed) upTo(d time.Duration) time.Duration { return time.Duration(k.rand.Int64N(int64(d))) }

// edit gives some dashboards another title, in place of the file that is there.
func (k *killed) edit() {
	k.t.Helper()
	k.edits++
	for range killEdited {
		n := k.rand.IntN(k.dashboards)
		k.behind = min(k.behind+1, k.dashboards)
		k.declare(n, fmt.Sprintf("%s in edition %d", input.Name(n), k.edits))
	}
}

// declare writes a dashboard with a title. It is for one goroutine at a time.
func (k *killed) declare(n int, title string) {
	k.t.Helper()
	path, name := input.Path(k.dir, k.format, n), input.Name(n)
	text := k.text(n, name, input.Project, title)
	documents, problems := resource.Decode(text, k.syntax())
	if problems.Invalid() || len(documents) != 1 || documents[0].Resource.Spec.Str("display", "name") != title {
		k.t.Errorf("%s: %v", path, problems)
		return
	}
	file := filepath.Join("dashboards", input.Project, name+"."+k.format)
	if k.declared[file] == nil {
		k.declared[file] = map[[32]byte]string{}
	}
	k.declared[file][documents[0].Resource.Hash(nil)] = title
	k.titles[name] = title
	if err := errors.Join(os.WriteFile(path+"~", text, 0o644), os.Rename(path+"~", path)); err != nil {
		k.t.Error(err)
	}
}

// text is the dashboard of a number under another name, project and title.
func (k *killed) text(n int, name, project, title string) []byte {
	data, err := input.Encode(input.Dashboard(n), k.format)
	if err != nil {
		panic(err) // it is made of strings and numbers
	}
	text, was := string(data), input.Name(n)
	for old, now := range map[string]string{
		`"metadata":{"name":%q`: name, `"project":%q`: project, `"display":{"name":%q`: title, // JSON
		"metadata:\n    name: %s": name, "project: %s": project, "display:\n        name: %s": title, // YAML
	} {
		value := was
		if strings.Contains(old, "project") {
			value = input.Project
		}
		text = strings.Replace(text, fmt.Sprintf(old, value), fmt.Sprintf(old, now), 1)
	}
	return []byte(text)
}

func (k *killed) syntax() resource.Format {
	if k.format == "json" {
		return resource.JSON
	}
	return resource.YAML
}

// untilStaged waits until so many documents are staged, or some that were are gone to their places, or there was nothing to stage.
func (k *killed) untilStaged(n int) {
	most := 0
	for deadline := time.Now().Add(4 * killLatest); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		staged, err := os.ReadDir(filepath.Join(k.database, ".perseid", "stage"))
		if err == nil && (len(staged) > n || len(staged) < most) {
			return
		}
		most = max(most, len(staged))
	}
}

// everyDocumentIsWhole reads the database as another program would, while nobody has it open. It returns how many dashboards it holds, and
// how many of them are the last that were declared.
func (k *killed) everyDocumentIsWhole() (dashboards, latest int) {
	k.t.Helper()
	err := filepath.WalkDir(k.database, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // it was killed before it made the directory
		case err != nil:
			return err
		case d.Name() == ".perseid":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		file, _ := filepath.Rel(k.database, path)
		hash, err := k.hash(path)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(file, filepath.Join("dashboards", input.Project)) || k.company.knows(file, hash) {
			return nil
		}
		dashboards++
		switch title, ok := k.declared[file][hash]; {
		case !ok:
			k.t.Errorf("%s is none of the documents that were declared", file)
		case title == k.titles[strings.TrimSuffix(filepath.Base(file), "."+k.format)]:
			latest++
		}
		return nil
	})
	if err != nil {
		k.t.Error(err)
	}
	return dashboards, latest
}

// hash is the canonical hash of a stored document. The error is for one that is not whole.
func (k *killed) hash(path string) ([32]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return [32]byte{}, err
	}
	if hash, ok := k.read[sha256.Sum256(data)]; ok {
		return hash, nil
	}
	documents, problems := resource.Decode(data, k.syntax())
	if problems.Invalid() || len(documents) != 1 || documents[0].Problems.Invalid() {
		return [32]byte{}, fmt.Errorf("%s is not a whole document (%d bytes): %v", path, len(data), problems)
	}
	hash := documents[0].Resource.Hash(nil)
	k.read[sha256.Sum256(data)] = hash
	return hash, nil
}

// finish starts the server once more and lets it come to its end.
func (k *killed) finish() {
	k.t.Helper()
	p := k.start()
	base := ""
	k.eventually("the server says where it is serving", func() string {
		said := p.said()
		if found := servingAt.FindStringSubmatch(said); found != nil {
			base = "http://" + found[1]
			return ""
		}
		return "it says: " + said
	})
	k.eventually("every dashboard is served as it was declared last", func() string { return k.missing(base) })
	p.interrupt()
	if _, latest := k.everyDocumentIsWhole(); latest != k.dashboards {
		k.t.Errorf("%d dashboards are stored as they were declared last, want %d", latest, k.dashboards)
	}
	check := exec.Command(k.binary, "db", "check", k.database)
	check.Env = append(os.Environ(), "PERSES_DATABASE_FILE_EXTENSION="+k.format)
	out, err := check.CombinedOutput()
	managed := k.dashboards + 2 + k.company.others()
	if want := fmt.Sprintf("%d readable documents, %d of them managed: no problems\n", managed+k.company.handmade(), managed); err != nil || string(out) != want {
		k.t.Errorf("db check: %v\n%s", err, out)
	}
}

// missing says what is not served as it should be; nothing if all is.
func (k *killed) missing(base string) string {
	answer, err := http.Get(base + "/api/v1/projects/" + input.Project + "/dashboards")
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	var served []struct {
		Metadata struct{ Name string }
		Spec     struct{ Display struct{ Name string } }
	}
	if err := json.NewDecoder(answer.Body).Decode(&served); err != nil || answer.StatusCode != http.StatusOK {
		return fmt.Sprintf("list: %d %v", answer.StatusCode, err)
	}
	if len(served) != k.dashboards+max(0, k.company.others()-1) {
		return fmt.Sprintf("%d dashboards", len(served))
	}
	stale, example := 0, ""
	for _, d := range served {
		if want := k.titles[d.Metadata.Name]; want != "" && d.Spec.Display.Name != want {
			stale, example = stale+1, fmt.Sprintf("%s is titled %q, want %q", d.Metadata.Name, d.Spec.Display.Name, want)
		}
	}
	if stale > 0 {
		return fmt.Sprintf("%d of %d are stale: %s", stale, len(served), example)
	}
	return ""
}

var servingAt = regexp.MustCompile(`msg=serving address=(\S+)`)

func (k *killed) eventually(what string, lacks func() string) {
	k.t.Helper()
	deadline := time.Now().Add(killPatience)
	for why := lacks(); why != ""; why = lacks() {
		if time.Now().After(deadline) {
			k.t.Fatalf("not within %s: %s: %s", killPatience, what, why)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// process is a running server that logs to a file.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	log string
}

func (k *killed) start() *process {
	k.t.Helper()
	p := &process{t: k.t, log: filepath.Join(filepath.Dir(k.binary), "log")}
	log, err := os.Create(p.log)
	if err != nil {
		k.t.Fatal(err)
	}
	defer log.Close()
	p.cmd = exec.Command(k.binary, "serve", "--database", k.database, "--web.listen-address", "127.0.0.1:0", k.dir)
	p.cmd.Env = append(os.Environ(), "PERSES_DATABASE_FILE_EXTENSION="+k.format)
	p.cmd.Stderr = log
	if err := p.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// said is the log so far.
func (p *process) said() string {
	p.t.Helper()
	data, err := os.ReadFile(p.log)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

// kill leaves the process no chance to tidy up.
func (p *process) kill() {
	p.t.Helper()
	_ = p.cmd.Process.Kill() // if it has ended by itself, Wait says so
	if err := p.cmd.Wait(); err == nil || err.Error() != "signal: killed" {
		p.t.Fatalf("ended by itself: %v\n%s", err, p.said())
	}
}

// interrupt asks the process to end, and waits.
func (p *process) interrupt() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("interrupted: %v\n%s", err, p.said())
	}
}
