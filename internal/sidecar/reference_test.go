package sidecar

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite generated files")

func TestReference(t *testing.T) {
	var help bytes.Buffer
	writeHelp(&help)
	for path, got := range map[string]string{"../../docs/reference/sidecar.md": reference(), "testdata/help.txt": help.String()} {
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s is not what the table says; run go test ./internal/sidecar -run Reference -update\n%s", path, diff)
		}
	}
	for line := range strings.Lines(help.String()) {
		if len(line) > helpWidth+8 {
			t.Errorf("the help has a long line: %s", line)
		}
	}
}

// Every variable of the contract is in the table, and every default is accepted.
func TestTable(t *testing.T) {
	have := map[string]bool{}
	for _, v := range variables {
		if have[v.Name] {
			t.Errorf("%s is in the table twice", v.Name)
		}
		have[v.Name] = true
		if v.set == nil || v.Meaning == "" {
			t.Errorf("%s does nothing", v.Name)
		}
		if v.Default != "" {
			if err := v.set(&Config{}, v.Default); err != nil {
				t.Errorf("%s: %v", v.Name, err)
			}
		}
	}
	for _, name := range strings.Fields(upstream) {
		if !have[name] {
			t.Errorf("%s is not in the table", name)
		}
	}
}

// upstream is every variable of k8s-sidecar 2.10, and of 2.11 what is known.
const upstream = `LABEL LABEL_VALUE FOLDER FOLDER_ANNOTATION NAMESPACE RESOURCE RESOURCE_NAME METHOD SLEEP_TIME ERROR_THROTTLE_SLEEP
WATCH_SERVER_TIMEOUT WATCH_CLIENT_TIMEOUT IGNORE_ALREADY_PROCESSED UNIQUE_FILENAMES DEFAULT_FILE_MODE SCRIPT REQ_URL REQ_METHOD REQ_PAYLOAD
REQ_SKIP_INIT REQ_TIMEOUT REQ_RETRY_TOTAL REQ_RETRY_CONNECT REQ_RETRY_READ REQ_RETRY_BACKOFF_FACTOR REQ_USERNAME REQ_PASSWORD
REQ_USERNAME_FILE REQ_PASSWORD_FILE REQ_BASIC_AUTH_ENCODING REQ_SKIP_TLS_VERIFY ENABLE_5XX SKIP_TLS_VERIFY
DISABLE_X509_STRICT_VERIFICATION KUBECONFIG HEALTH_PORT HEALTH_HOST LOG_LEVEL LOG_FORMAT LOG_TZ LOG_CONFIG FOLDER_PER_NAMESPACE
K8S_CONTACT_THRESHOLD_SECONDS`
