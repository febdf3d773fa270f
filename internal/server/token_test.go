package server

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// R26: what is in the token file now is the token.
func TestR26TokenFile(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "token")
	w.must(os.WriteFile(file, []byte("first\n"), 0o600))
	w.config = strings.TrimSuffix(quickPrune, "}\n") + ", api: {token_file: " + file + "}}\n"
	w.write("project.yaml", projectP)
	w.start()
	path := atSource("dir:"+w.dir, "reconcile")
	command := func(token string) int {
		r, err := http.NewRequest(http.MethodPost, w.base+path, strings.NewReader("anything"))
		w.must(err)
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(r)
		w.must(err)
		w.must(answer.Body.Close())
		return answer.StatusCode
	}
	expect := func(when string, first, second int) {
		t.Helper()
		if a, b := command("first"), command("second"); a != first || b != second {
			t.Errorf("%s: the tokens first and second get %d and %d, want %d and %d", when, a, b, first, second)
		}
	}
	expect("at the start", 202, 401)
	w.must(os.WriteFile(file, []byte(" second "), 0o600))
	expect("replaced", 401, 202)
	w.must(os.Remove(file))
	expect("gone", 401, 401)
	w.order(http.StatusUnauthorized, path, "{}") // without any
}

func TestTokenFileThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ content, want string }{
		"empty": {" \n", "it is empty: write a token into it"},
		"large": {strings.Repeat("x", maxToken+1), "expected a token of up to 4096 bytes"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		want := "delivery.api.token_file " + path + ": " + c.want
		if _, err := tokenFile(path).token(slog.Default()); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if _, err := tokenFile(filepath.Join(dir, "none")).token(slog.Default()); err == nil {
		t.Error("a file that is not there is taken")
	}
	if read, err := tokenFile("").token(slog.Default()); read != nil || err != nil {
		t.Errorf("no file: %v", err)
	}
}
