package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/test/input"
)

// mounted is how many of the dashboards lie in a directory as Kubernetes mounts a ConfigMap: all of them turn at once.
const mounted = 10

// directory is what is declared, on disk and in mind. One goroutine edits it.
type directory struct {
	dir   string
	rand  *rand.Rand
	files []*file
	mount int // versions of the mounted part so far
	edits int
	kinds map[string]int // how often each kind of edit was made
}

// file is one file with one dashboard.
type file struct {
	number      int
	path        string
	name, title string
	gone, bad   bool
}

// declare fills a directory.
func declare(dir string, dashboards int, seed uint64) (*directory, error) {
	d := &directory{dir: dir, rand: rand.New(rand.NewPCG(seed, 1)), kinds: map[string]int{}}
	if _, err := input.Write(dir, "json", dashboards-mounted); err != nil {
		return nil, err
	}
	for n := range dashboards - mounted {
		f := &file{number: n, path: input.Path(dir, "json", n), name: input.Name(n), title: input.Name(n)}
		if err := d.write(f); err != nil {
			return nil, err
		}
		d.files = append(d.files, f)
	}
	return d, d.turn()
}

// text is the document of a file.
func text(number int, name, title string) []byte {
	data, err := input.Encode(input.Dashboard(number), "json")
	if err != nil {
		panic(err) // it is made of strings and numbers
	}
	was := input.Name(number)
	s := strings.Replace(string(data), fmt.Sprintf(`"metadata":{"name":%q`, was), fmt.Sprintf(`"metadata":{"name":%q`, name), 1)
	return []byte(strings.Replace(s, fmt.Sprintf(`"display":{"name":%q`, was), fmt.Sprintf(`"display":{"name":%q`, title), 1))
}

// write puts what a file declares on the disk, the way editors do.
func (d *directory) write(f *file) error {
	f.gone, f.bad = false, false
	return put(f.path, text(f.number, f.name, f.title))
}

func put(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(path+"~", data, 0o644), os.Rename(path+"~", path))
}

// edit makes one random edit.
func (d *directory) edit() error {
	f := d.files[d.rand.IntN(len(d.files))]
	d.edits++
	kind, do := "edit", d.change
	switch p := d.rand.IntN(100); {
	case f.gone:
		kind, do = "create", d.write
	case f.bad && p < 60:
		kind, do = "repair", d.write
	case p < 8:
		kind, do = "delete", d.remove
	case p < 16:
		kind, do = "move", d.move
	case p < 21:
		kind, do = "rename", d.rename
	case p < 31:
		kind, do = "break", d.spoil
	case p < 39:
		kind, do = "swap", d.swap
	case p < 41:
		kind, do = "turn", func(*file) error { return d.turn() }
	case p < 50:
		kind, do = "rewrite", d.rewrite
	}
	d.kinds[kind]++
	if err := do(f); err != nil {
		return fmt.Errorf("%s %s: %w", kind, f.path, err)
	}
	return nil
}

func (d *directory) change(f *file) error {
	f.title = fmt.Sprintf("%s in edition %d", f.name, d.edits)
	return d.write(f)
}

func (d *directory) remove(f *file) error {
	f.gone = true
	return os.Remove(f.path)
}

// move gives a file another path; what it declares stays.
func (d *directory) move(f *file) error {
	was := f.path
	f.path = filepath.Join(filepath.Dir(was), fmt.Sprintf("%05d-moved-%d.json", f.number, d.edits))
	return os.Rename(was, f.path)
}

// rename gives a dashboard another name: one goes and one comes.
func (d *directory) rename(f *file) error {
	f.name = fmt.Sprintf("%s-%d", input.Name(f.number), d.edits)
	return d.write(f)
}

// spoil makes of a document what people make of documents.
func (d *directory) spoil(f *file) error {
	whole := text(f.number, f.name, f.title)
	f.bad = true
	bad := [][]byte{
		nil, whole[:d.rand.IntN(len(whole))], make([]byte, 300), []byte("kind: Dashboard\n\tspec: {}\n"),
		[]byte(strings.Replace(string(whole), `"Dashboard"`, `"Dashbord"`, 1)),
		[]byte(strings.Replace(string(whole), `"project":"generated"`, `"project":"nowhere"`, 1)),
	}
	return put(f.path, bad[d.rand.IntN(len(bad))])
}

// swap exchanges two files under each other's path.
func (d *directory) swap(f *file) error {
	g := d.files[d.rand.IntN(len(d.files))]
	if f == g || g.gone {
		return d.change(f)
	}
	err := errors.Join(os.Rename(f.path, f.path+"~"), os.Rename(g.path, f.path), os.Rename(f.path+"~", g.path))
	f.path, g.path = g.path, f.path
	return err
}

// rewrite writes in place, in two halves, as a careless program does: who reads in between sees half a document.
func (d *directory) rewrite(f *file) error {
	f.title = fmt.Sprintf("%s in edition %d", f.name, d.edits)
	f.bad = false
	data := text(f.number, f.name, f.title)
	half := len(data) / 2
	out, err := os.Create(f.path)
	if err != nil {
		return err
	}
	_, first := out.Write(data[:half])
	_, second := out.Write(data[half:])
	return errors.Join(first, second, out.Close())
}

// mountedFile is one of the mounted part as it is now; their numbers follow those of the files.
func (d *directory) mountedFile(i int) *file {
	name := fmt.Sprintf("mounted-%d", i)
	return &file{number: len(d.files) + i, name: name, title: fmt.Sprintf("%s in version %d", name, d.mount)}
}

// turn makes the next version of the mounted part, and turns the link to it.
func (d *directory) turn() error {
	d.mount++
	dir := filepath.Join(d.dir, "mounted")
	version := fmt.Sprintf("..%d", d.mount)
	for i := range mounted {
		f := d.mountedFile(i)
		if err := put(filepath.Join(dir, version, f.name+".json"), text(f.number, f.name, f.title)); err != nil {
			return err
		}
		if d.mount == 1 {
			if err := os.Symlink(filepath.Join("..data", f.name+".json"), filepath.Join(dir, f.name+".json")); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(os.Symlink(version, filepath.Join(dir, "..next")), os.Rename(filepath.Join(dir, "..next"), filepath.Join(dir, "..data"))); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(dir, fmt.Sprintf("..%d", d.mount-1)))
}

// mend makes every document that is there a valid one.
func (d *directory) mend() error {
	for _, f := range d.files {
		if f.bad {
			if err := d.write(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// documents are the canonical hashes of what is declared, by name.
func (d *directory) documents() (map[string][32]byte, error) {
	all := map[string][32]byte{}
	files := d.files
	for i := range mounted {
		files = append(files[:len(files):len(files)], d.mountedFile(i))
	}
	for _, f := range files {
		if f.gone {
			continue
		}
		hash, err := hashOf(text(f.number, f.name, f.title))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.path, err)
		}
		all[input.Project+"/"+f.name] = hash
	}
	return all, nil
}

// hashOf is the canonical hash of a document, whatever the server added to it.
func hashOf(data []byte) ([32]byte, error) {
	documents, problems := resource.Decode(data, resource.JSON)
	if problems.Invalid() || len(documents) != 1 || documents[0].Problems.Invalid() {
		return [32]byte{}, fmt.Errorf("not one valid document: %v", problems)
	}
	return documents[0].Resource.Hash(nil), nil
}
