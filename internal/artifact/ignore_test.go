package artifact

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestIgnore asks Git what each rule means.
func TestIgnore(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git to compare with")
	}
	paths := []string{"a.json", "b.json", "x/a.json", "x/y/a.json", "x/y/z/b.json", "drafts/a.json", "x/drafts/b.json", "foo bar", "a1.json", "#a", "!b"}
	for _, text := range []string{
		"a.json", "/a.json", "x/a.json", "*.json", "*.json\n!a.json", "**/b.json", "x/**", "x/**/b.json", "x/**/a.json", "/**/a.json",
		"drafts/", "/drafts/", "a?.json", "[ab].json", "[!a].json", "a.json ", "foo\\ bar", "\\#a", "\\!b", "# a.json", "", "!a.json", "x/*/a.json",
		"x/*", "**", "y", "/x/y/", "a.json\r",
	} {
		dir := write(t, t.TempDir(), map[string]string{".gitignore": text + "\n"}, 0o644)
		if out, err := exec.Command(git, "init", "-q", dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		rules, err := parseIgnore(text + "\n")
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		ask := exec.Command(git, "-C", dir, "-c", "core.excludesFile=", "check-ignore", "--no-index", "-z", "--stdin")
		ask.Stdin = strings.NewReader(strings.Join(paths, "\x00"))
		answer, _ := ask.Output() // its exit code says whether there is any
		left := strings.Split(string(answer), "\x00")
		for _, p := range paths {
			want := slices.Contains(left, p)
			if got := rules.leavesOutBelow(p); got != want {
				t.Errorf("%q leaves out %s: %v, Git says %v", text, p, got, want)
			}
		}
	}
}

// leavesOutBelow asks for each directory first, as a walk does.
func (rules ignore) leavesOutBelow(p string) bool {
	for i, c := range p {
		if c == '/' && rules.leavesOut(p[:i], true) {
			return true
		}
	}
	return rules.leavesOut(p, false)
}

func TestIgnoreBounds(t *testing.T) {
	for _, text := range []string{"a[", strings.Repeat("**/a/", 9), "a//b"} {
		if _, err := parseIgnore(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
