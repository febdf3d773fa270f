package cli

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "rewrite generated files")

const referencePath = "../../docs/reference/commands.md"

func TestReference(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Commands\n\n<!-- Generated from internal/cli by \"go test ./internal/cli -run Reference -update\". Do not edit. -->\n")
	describe(t, &b, newRootCommand(Env{}))
	if *update {
		if err := os.WriteFile(referencePath, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s is not what the commands say; run go test ./internal/cli -run Reference -update\n%s", referencePath, diff)
	}
}

func describe(t *testing.T, b *strings.Builder, cmd *cobra.Command) {
	var out, problems bytes.Buffer
	args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
	if code := Run(context.Background(), args, Env{Stdout: &out, Stderr: &problems}); code != exitDone {
		t.Fatalf("%v: exit code %d: %s", args, code, problems.String())
	}
	for line := range strings.Lines(out.String()) {
		if len([]rune(line)) > 81 {
			t.Errorf("%s --help: wider than 80 columns: %q", cmd.CommandPath(), line)
		}
	}
	fmt.Fprintf(b, "\n## %s\n\n```text\n%s\n```\n", cmd.CommandPath(), strings.TrimSpace(out.String()))
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			describe(t, b, c)
		}
	}
}
