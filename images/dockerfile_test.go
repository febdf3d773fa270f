package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestDockerfile holds the Dockerfile to what the images are: how they run, and that everything beside the program is copied.
func TestDockerfile(t *testing.T) {
	data, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	stages := map[string]string{}
	for stage := range strings.SplitSeq(string(data), "\nFROM ") {
		head, body, _ := strings.Cut(stage, "\n")
		stages[head[strings.LastIndex(head, " ")+1:]] = body
	}
	for _, p := range products {
		wanted := []string{"USER " + p.run.User, "WORKDIR " + p.run.WorkingDir, "ENTRYPOINT " + listed(t, p.run.Entrypoint), "COPY --from=build /src/bin/" + p.name + " /usr/bin/" + p.name}
		for port := range p.run.ExposedPorts {
			wanted = append(wanted, "EXPOSE "+port)
		}
		for volume := range p.run.Volumes {
			wanted = append(wanted, "VOLUME "+volume)
		}
		for _, variable := range p.run.Env {
			if !strings.HasPrefix(variable, "PATH=") { // which the image below has
				wanted = append(wanted, "ENV "+variable)
			}
		}
		entries, err := p.entries()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			wanted = append(wanted, " /"+e.Path+"\n")
		}
		for _, want := range wanted {
			if !strings.Contains(stages[p.name], want) {
				t.Errorf("Dockerfile, stage %s: no %q", p.name, want)
			}
		}
	}
}

// listed is a list as Dockerfiles write it.
func listed(t *testing.T, words []string) string {
	t.Helper()
	data, err := json.Marshal(words)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), ",", ", ")
}
