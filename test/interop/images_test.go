package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// crane finds our images whole, for each platform, and cosign finds them signed, in either form.
func TestImages(t *testing.T) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	project, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(program(t, "perseid"))
	if err != nil {
		t.Fatal(err)
	}
	registries(t, func(w world) {
		for _, platform := range []string{"linux/amd64", "linux/arm64"} {
			w.write(map[string]string{platform + "/perseid": string(binary), platform + "/perseid-sidecar": string(binary)})
		}
		w.run("perseid", "artifact", "sign", "--generate-key", "team")
		args := []string{"-binaries", ".", "-project", project, "-goroot", strings.TrimSpace(string(goroot)), "-version", "v1.0.0"}
		w.run("images", append(args, "-out", "layouts", "-sign", "team.key", "-push", w.host+"/team")...)
		for _, name := range []string{"perseid", "perseid-sidecar"} {
			ref := w.host + "/team/" + name + ":v1.0.0"
			for _, platform := range []string{"linux/amd64", "linux/arm64"} {
				w.run("crane", "validate", "--platform", platform, "--remote", ref)
			}
			if out := w.run("crane", "config", "--platform", "linux/arm64", ref); !strings.Contains(out, `"architecture":"arm64"`) || !strings.Contains(out, "/usr/bin/"+name) {
				w.Errorf("the configuration of %s: %s", ref, out)
			}
			for _, form := range []string{"--new-bundle-format=true", "--new-bundle-format=false"} {
				w.run("cosign", "verify", "--key", "team.pub", "--insecure-ignore-tlog", form, ref)
			}
			w.run("perseid", "artifact", "verify", "--key", "team.pub", ref)
		}
		// Layouts without signatures are one thing, which crane brings as it is.
		digests := w.run("images", append(args, "-out", "unsigned")...)
		for _, name := range []string{"perseid", "perseid-sidecar"} {
			w.run("crane", "push", "unsigned/"+name, w.host+"/copied/"+name+":v1.0.0")
			if d := w.run("crane", "digest", w.host+"/copied/"+name+":v1.0.0"); !strings.Contains(digests, "unsigned/"+name+":v1.0.0 "+d) {
				w.Errorf("crane brought %s, and it was\n%s", d, digests)
			}
		}
	})
}
