package cli

import "testing"

func TestWebAddress(t *testing.T) {
	for remote, want := range map[string]string{
		"https://example.com/team/boards.git":         "https://example.com/team/boards",
		"https://user:token@example.com/team/boards/": "https://example.com/team/boards",
		"git@example.com:team/boards.git":             "https://example.com/team/boards",
		"ssh://git@example.com:2222/team/boards.git":  "https://example.com/team/boards",
		"https://example.com:8443/boards?token=x#y":   "https://example.com:8443/boards",
		"/srv/git/boards.git":                         "",
		"../boards":                                   "",
		"file:///srv/git/boards.git":                  "",
		"":                                            "",
	} {
		if got := webAddress(remote); got != want {
			t.Errorf("%s: %q, expected %q", remote, got, want)
		}
	}
}
