package sidecar

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func parse(t *testing.T, environ ...string) *Config {
	t.Helper()
	c, err := Parse(nil, append([]string{"LABEL=findme", "FOLDER=/tmp/", "HOME=/home/me"}, environ...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	c := parse(t)
	if c.selector() != "findme" || c.folder != "/tmp" || c.annotationName() != defaultAnnotation || c.resources != "configmap" ||
		c.serverTimeout != time.Minute || c.clientTimeout != 66*time.Second || c.contactThreshold() != 2*time.Minute || c.healthPort != 8080 ||
		c.request.timeout != 10*time.Second || c.kubeconfig != "/home/me/.kube/config" || c.namespaces != nil || c.mode != 0 {
		t.Errorf("%+v", c)
	}
}

func TestValues(t *testing.T) {
	for environ, holds := range map[string]func(*Config) bool{
		"LABEL_VALUE=true,team=a":         func(c *Config) bool { return c.selector() == "findme=true,team=a" },
		"LABEL=":                          func(c *Config) bool { return c.selector() == "" },
		"NAMESPACE=a, b":                  func(c *Config) bool { return strings.Join(c.namespaces, "|") == "a|b" },
		"NAMESPACE=ALL":                   func(c *Config) bool { return strings.Join(c.namespaces, "|") == "" && len(c.namespaces) == 1 },
		"NAMESPACE=":                      func(c *Config) bool { return len(c.namespaces) == 1 && c.namespaces[0] == "" },
		"NAMESPACE=ALL,b":                 func(c *Config) bool { return strings.Join(c.namespaces, "|") == "|b" },
		"UNIQUE_FILENAMES=TRUE":           func(c *Config) bool { return c.uniqueFilenames },
		"UNIQUE_FILENAMES=1":              func(c *Config) bool { return !c.uniqueFilenames },
		"SKIP_TLS_VERIFY=True":            func(c *Config) bool { return !c.skipTLSVerify },
		"ENABLE_5XX=":                     func(c *Config) bool { return !c.request.enable5xx },
		"METHOD=list":                     func(c *Config) bool { return c.method == "" },
		"METHOD=SLEEP":                    func(c *Config) bool { return c.polls() && c.contactThreshold() == 2*time.Minute },
		"SLEEP_TIME=1.5":                  func(c *Config) bool { return c.sleep == 1500*time.Millisecond },
		"SLEEP_TIME=":                     func(c *Config) bool { return c.sleep == time.Minute },
		"WATCH_CLIENT_TIMEOUT=10":         func(c *Config) bool { return c.clientTimeout == 10*time.Second },
		"K8S_CONTACT_THRESHOLD_SECONDS=7": func(c *Config) bool { return c.contactThreshold() == 7*time.Second },
		"DEFAULT_FILE_MODE=440":           func(c *Config) bool { return c.mode == 0o440 },
		"FOLDER_ANNOTATION=":              func(c *Config) bool { return c.annotationName() == "" },
		"RESOURCE_NAME=a, secret/b,n/configmap/c": func(c *Config) bool {
			return len(c.names) == 3 && c.names[0] == name{name: "a"} && c.names[1] == name{kind: "secret", name: "b"} &&
				c.names[2] == name{"n", "configmap", "c"} && c.polls()
		},
		"ALLOWED_FOLDERS=":              func(c *Config) bool { return c.allowedFolders != nil && len(*c.allowedFolders) == 0 },
		"ALLOWED_FOLDERS=/a, /b":        func(c *Config) bool { return len(*c.allowedFolders) == 2 },
		"LOG_LEVEL=warn":                func(c *Config) bool { return levelName(c.logLevel) == "WARNING" },
		"REQ_BASIC_AUTH_ENCODING=ascii": func(c *Config) bool { return c.request.encoding == ascii },
	} {
		if !holds(parse(t, environ)) {
			t.Errorf("%s is not understood", environ)
		}
	}
	if c := parse(t, "NAMESPACE=ALL", "RESOURCE_NAME=a"); len(c.names) != 0 || c.polls() {
		t.Error("names count although NAMESPACE is ALL")
	}
}

func TestWrongValues(t *testing.T) {
	for _, environ := range []string{
		"RESOURCE=Both", "REQ_RETRY_TOTAL=x", "LOG_LEVEL=TRACE", "LOG_FORMAT=xml", "HEALTH_PORT=70000", "DEFAULT_FILE_MODE=9", "SLEEP_TIME=x",
		"DEFAULT_FILE_MODE=0", "RESOURCE_NAME=pod/x", "RESOURCE_NAME=a/b/c/d", "REQ_BASIC_AUTH_ENCODING=utf-16", "ALLOWED_FOLDERS=relative",
		"LOG_CONFIG=/etc/log.yaml", "REQ_TIMEOUT=NaN", "WATCH_SERVER_TIMEOUT=1e300",
	} {
		name, _, _ := strings.Cut(environ, "=")
		if _, err := Parse(nil, []string{"LABEL=x", "FOLDER=/tmp", environ}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", environ, err)
		}
	}
	if _, err := Parse(nil, nil); err == nil || !strings.Contains(err.Error(), "LABEL is not set") || !strings.Contains(err.Error(), "FOLDER is not set") {
		t.Errorf("%v", err)
	}
}

func TestFlags(t *testing.T) {
	environ := []string{"LABEL=x", "FOLDER=/tmp", "REQ_USERNAME_FILE=/env"}
	c, err := Parse([]string{"--req-username-file=/u", "--req-password-file", "/p"}, environ)
	if err != nil || c.request.userFlag != "/u" || c.request.passwordFlag != "/p" || c.request.userFile != "/env" {
		t.Errorf("%+v, %v", c, err)
	}
	for _, args := range [][]string{{"--unknown"}, {"word"}, {"--req-password-file"}} {
		if _, err := Parse(args, environ); !errors.Is(err, ErrUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
