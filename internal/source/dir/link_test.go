package dir

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/perseid-dev/perseid/internal/objects"
)

// once lists a tree once.
func once(t testing.TB, root string, bodies *objects.Store) *listing {
	t.Helper()
	return list(context.Background(), New(Options{Root: root, Bodies: bodies}).o, memory{})
}

func TestListing(t *testing.T) {
	type tree = func(t *testing.T, root string)
	tests := map[string]struct {
		make   tree
		want   map[string]string // path to content
		unread map[string]string // prefix to a part of the reason
	}{
		"extensions in exact case": {
			make: func(t *testing.T, root string) {
				for _, name := range []string{"a.json", "b.yaml", "c.yml", "d.YAML", "e.txt", "yaml", "perseid.index", ".hidden.yaml", "sub.yaml/f.json", ".h/g.yml"} {
					write(t, root, name, name)
				}
			},
			want: map[string]string{
				"a.json": "a.json", "b.yaml": "b.yaml", "c.yml": "c.yml", ".hidden.yaml": ".hidden.yaml",
				"sub.yaml/f.json": "sub.yaml/f.json", ".h/g.yml": ".h/g.yml",
			},
		},
		"passed over": {
			make: func(t *testing.T, root string) {
				write(t, root, ".git/a.yaml", "a")
				write(t, root, ".perseid/a.yaml", "a")
				write(t, root, "..2024/a.yaml", "a")
				write(t, root, "x/.perseid-staged-1.yaml", "a")
				symlink(t, root, "user@host.1", ".#a.yaml")
			},
		},
		"link to a file that is listed anyway": {
			make: func(t *testing.T, root string) {
				write(t, root, "z/a.yaml", "a")
				symlink(t, root, "z/a.yaml", "b.yaml")
				symlink(t, root, "z", "alias")
			},
			want: map[string]string{"z/a.yaml": "a"},
		},
		"link to a file that is not": {
			make: func(t *testing.T, root string) {
				write(t, root, "template", "a")
				symlink(t, root, "template", "a.yaml")
				symlink(t, root, filepath.Join(root, "template"), "b.yaml")
				symlink(t, root, "template", "c.txt")
			},
			want: map[string]string{"a.yaml": "a"},
		},
		"link that leads outside": {
			make: func(t *testing.T, root string) {
				outside := t.TempDir()
				write(t, outside, "a.yaml", "secret")
				symlink(t, root, filepath.Join(outside, "a.yaml"), "a.yaml")
				symlink(t, root, outside, "dir")
				symlink(t, root, root+"/../"+filepath.Base(outside), "up")
				write(t, root, "ok.yaml", "ok")
			},
			want:   map[string]string{"ok.yaml": "ok"},
			unread: map[string]string{"a.yaml": "outside", "dir": "outside", "up": "nothing"},
		},
		"neighbour whose name starts like the root's": {
			make: func(t *testing.T, root string) {
				write(t, root+"-more", "a.yaml", "secret")
				symlink(t, root, root+"-more/a.yaml", "a.yaml")
			},
			unread: map[string]string{"a.yaml": "outside"},
		},
		"links that go round": {
			make: func(t *testing.T, root string) {
				write(t, root, "a/b/c.yaml", "c")
				symlink(t, root, "..", "a/b/up")
				symlink(t, root, "self", "self")
				symlink(t, root, ".", "here.yaml")
			},
			want:   map[string]string{"a/b/c.yaml": "c"},
			unread: map[string]string{"a/b/up": "leads back", "self": "leads back to itself", "here.yaml": "leads back"},
		},
		"links that multiply": {
			make: func(t *testing.T, root string) {
				for i := range 20 {
					dir, next := "..d"+string(rune('a'+i)), "../..d"+string(rune('a'+i+1))
					symlink(t, root, next, dir+"/x")
					symlink(t, root, next, dir+"/y")
				}
				write(t, root, "..du/f.yaml", "f")
				symlink(t, root, "..da", "start")
			},
			want: map[string]string{"start" + strings.Repeat("/x", 20) + "/f.yaml": "f"},
		},
		"dangling link": {
			make:   func(t *testing.T, root string) { symlink(t, root, "gone", "a.yaml"); symlink(t, root, "gone", "dir") },
			unread: map[string]string{"a.yaml": "nothing", "dir": "nothing"},
		},
		"name that is not UTF-8": {
			make: func(t *testing.T, root string) {
				write(t, root, "a\xff.yaml", "a")
				write(t, root, "a\xff.txt", "a")
				write(t, root, "d/\xff/a.yaml", "a")
				symlink(t, root, "gone", "l\xff")
			},
			unread: map[string]string{`"a\xff.yaml"`: "UTF-8", `d/"\xff"`: "UTF-8", `"l\xff"`: "UTF-8"},
		},
		"pipe": {
			make: func(t *testing.T, root string) {
				if err := unix.Mkfifo(filepath.Join(root, "a.yaml"), 0o600); err != nil {
					t.Skip("this file system has no pipes:", err)
				}
			},
			unread: map[string]string{"a.yaml": "regular"},
		},
		"too large": {
			make: func(t *testing.T, root string) {
				write(t, root, "a.yaml", "")
				if err := os.Truncate(filepath.Join(root, "a.yaml"), MaxFileSize+1); err != nil {
					t.Fatal(err)
				}
			},
			unread: map[string]string{"a.yaml": "16 MiB"},
		},
		"too deep": {
			make: func(t *testing.T, root string) {
				write(t, root, strings.Repeat("d/", MaxDepth-1)+"a.yaml", "a")
				write(t, root, strings.Repeat("d/", MaxDepth)+"b.yaml", "b")
			},
			want:   map[string]string{strings.Repeat("d/", MaxDepth-1) + "a.yaml": "a"},
			unread: map[string]string{strings.TrimSuffix(strings.Repeat("d/", MaxDepth), "/"): "deeper"},
		},
		"directory that cannot be read": {
			make: func(t *testing.T, root string) {
				if os.Geteuid() == 0 {
					t.Skip("root reads everything")
				}
				write(t, root, "shut/a.yaml", "a")
				if err := os.Chmod(filepath.Join(root, "shut"), 0); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "shut"), 0o700) })
			},
			unread: map[string]string{"shut": "permission"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			root, bodies := filepath.Join(t.TempDir(), "root"), newBodies(t)
			if err := os.Mkdir(root, 0o755); err != nil {
				t.Fatal(err)
			}
			test.make(t, root)
			s := once(t, root, bodies).snapshot(Options{})
			if test.want == nil {
				test.want = map[string]string{}
			}
			if diff := cmp.Diff(test.want, contents(t, bodies, s)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if len(s.Unread) != len(test.unread) {
				t.Errorf("unread: %+v", s.Unread)
			}
			for _, u := range s.Unread {
				if part, ok := test.unread[u.Prefix]; !ok || !strings.Contains(u.Reason, part) {
					t.Errorf("unread %s: %s; want %q", u.Prefix, u.Reason, part)
				}
			}
		})
	}
}

func TestManyUnread(t *testing.T) {
	root := t.TempDir()
	for i := range 1000 + 1 {
		symlink(t, root, "gone", "d/"+strings.Repeat("x", i%100+1)+string(rune('a'+i/100))+".yaml")
	}
	s := once(t, root, newBodies(t)).snapshot(Options{})
	if len(s.Unread) != 1 || !s.Unreadable("anything.yaml") {
		t.Errorf("unread: %+v", s.Unread)
	}
}
