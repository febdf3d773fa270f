package sidecar

import (
	"fmt"
	"io"
	"strings"
)

const usage = `usage: perseid-sidecar [-h] [--version] [--req-username-file PATH] [--req-password-file PATH]`

// helpWidth is where lines of the help end.
const helpWidth = 100

// writeHelp writes what there is to configure, by group, with defaults.
func writeHelp(w io.Writer) {
	fmt.Fprintf(w, `Brings labelled ConfigMaps and Secrets into a directory and keeps it so, in the place of k8s-sidecar.

%s

  --req-username-file PATH   file with the user for REQ_URL and .url values; goes before REQ_USERNAME_FILE
  --req-password-file PATH   file with the password; goes before REQ_PASSWORD_FILE

Everything else is set by environment variables. "+" marks those that k8s-sidecar does not have.
Exit codes: 0 done, or ended by SIGTERM; 1 failed or misconfigured; 2 wrong arguments.
`, usage)
	for _, v := range variables {
		if v.Group != "" {
			fmt.Fprintf(w, "\n%s\n", v.Group)
		}
		mark := " "
		if v.Ours {
			mark = "+"
		}
		head := v.Name
		if v.Default != "" {
			head += "=" + v.Default
		}
		fmt.Fprintf(w, "\n %s %s\n", mark, head)
		for _, line := range wrap(plainText(v.Meaning), helpWidth-6) {
			fmt.Fprintf(w, "      %s\n", line)
		}
	}
}

// plainText takes the marks of Markdown out of a meaning.
func plainText(markdown string) string {
	return strings.NewReplacer("`", "", "*", "").Replace(markdown)
}

// wrap breaks a text into lines of at most so many bytes, between words.
func wrap(text string, width int) (out []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			out, line = append(out, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(out, line)
}

// reference is docs/reference/sidecar.md.
func reference() string {
	var b strings.Builder
	b.WriteString(`# perseid-sidecar: environment variables

Generated from the table in internal/sidecar; do not edit. [The guide](../sidecar.md) says what differs from k8s-sidecar, and why.
Booleans are true for the word ` + "`true`" + ` in any case, and false for everything else, unless it says *exactly*. A number that is no number is an error.
**+** marks what k8s-sidecar does not have; Δ says how a variable differs from k8s-sidecar 2.10.
`)
	for _, v := range variables {
		if v.Group != "" {
			fmt.Fprintf(&b, "\n## %s\n\n| variable | default | meaning |\n| --- | --- | --- |\n", v.Group)
		}
		name, value, meaning := "`"+v.Name+"`", "", v.Meaning
		if v.Ours {
			name += " **+**"
		}
		if v.Default != "" {
			value = "`" + v.Default + "`"
		}
		if v.Differs != "" {
			meaning += " Δ " + v.Differs + "."
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, value, strings.ReplaceAll(meaning, "|", `\|`))
	}
	b.WriteString(`
## Flags

| flag | meaning |
| --- | --- |
| ` + "`--req-username-file PATH`" + ` | a file with the user, read for every request; goes before REQ_USERNAME_FILE |
| ` + "`--req-password-file PATH`" + ` | a file with the password; goes before REQ_PASSWORD_FILE |
| ` + "`-h`, `--help`" + ` | lists the variables |
| ` + "`--version`" + ` **+** | says which version it is |

Exit codes: 0 done, or ended by SIGTERM; 1 failed or misconfigured; 2 wrong arguments.
`)
	return b.String()
}

// lines are the errors that were joined into one, one by one.
func lines(err error) []string { return strings.Split(err.Error(), "\n") }

// isSet says whether the environment has a variable with a value.
func isSet(environ []string, name string) bool {
	for _, pair := range environ {
		if key, value, _ := strings.Cut(pair, "="); key == name && value != "" {
			return true
		}
	}
	return false
}
