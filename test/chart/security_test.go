package chart_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/test/chart/helm"
)

const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"

// TestTokenIsWhereItIsUsed: a container that does not talk to the API server has no token that could be stolen from it.
func TestTokenIsWhereItIsUsed(t *testing.T) {
	for _, c := range []struct{ name, values, want string }{
		{"the server watches", "", "perseid"},
		{"a sidecar watches", "configMaps: {by: sidecar}", "perseid-provisioning-sidecar"},
		{"a native sidecar watches", "configMaps: {by: native-sidecar}", "perseid-provisioning-sidecar"},
		{"a sidecar beside Perses", "{server: perses, sidecar: {enabled: true}}", "perses-provisioning-sidecar"},
		{"nobody watches", "configMaps: {enabled: false}", ""},
		{"Perses alone", "server: perses", ""},
		{"Perses asks Kubernetes who somebody is", "config: {security: {enable_auth: true, authorization: {provider: {kubernetes: {enable: true}}}}}", "perses"},
		{"Perses finds datasources", "{server: perses, config: {datasource: {global: {discovery: [{name: a, kubernetes_sd: {}}]}}}}", "perses"},
		{"a source of the configuration watches", "{configMaps: {enabled: false}, config: {delivery: {sources: [{name: a, configmaps: {label: a}}]}}}", "perseid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := render(t, c.values)
			pod := podOf(m)
			var with []string
			for _, container := range containers(pod) {
				if strings.Contains(fmt.Sprint(container["volumeMounts"]), tokenPath) {
					with = append(with, container["name"].(string))
				}
			}
			if got := strings.Join(with, " "); got != c.want {
				t.Errorf("%q have the token, expected %q", got, c.want)
			}
			if pod.At("automountServiceAccountToken") != false {
				t.Error("the pod mounts the token everywhere")
			}
		})
	}
}

// TestRestricted: every container of the chart runs under the Pod Security standard "restricted".
func TestRestricted(t *testing.T) {
	for _, e := range examples(t, "values") {
		m, err := helm.Render(load(t, server), e.options())
		if err != nil {
			t.Fatal(err)
		}
		pods := []helm.Object{podOf(m)}
		for _, o := range m.Objects {
			if o.Kind() == "Pod" {
				pods = append(pods, helm.Object(o.At("spec").(map[string]any)))
			}
		}
		for _, pod := range pods {
			for _, c := range containers(pod) {
				if name := c["name"].(string); name == "proxy" || name == "wait" { // those of the values
					continue
				}
				context := helm.Object(c)
				for path, want := range map[string]string{"allowPrivilegeEscalation": "false", "readOnlyRootFilesystem": "true", "runAsNonRoot": "true"} {
					if got := context.Text("securityContext", path); got != want {
						t.Errorf("%s: %s: %s is %q", e.name, c["name"], path, got)
					}
				}
				if got := context.Text("securityContext", "capabilities", "drop", 0); got != "ALL" {
					t.Errorf("%s: %s keeps capabilities", e.name, c["name"])
				}
				if got := context.Text("securityContext", "seccompProfile", "type"); got != "RuntimeDefault" {
					t.Errorf("%s: %s has the seccomp profile %q", e.name, c["name"], got)
				}
			}
		}
	}
}

// TestNoSecretInAConfigMap writes secrets wherever Perses takes them.
func TestNoSecretInAConfigMap(t *testing.T) {
	const hidden = "do-not-show"
	for _, where := range []string{"", "secret: {create: false, name: theirs}", "envVarsExternalSecretName: theirs"} {
		m := render(t, where+`
config:
  database: {file: null, sql: {db_name: perses, password: do-not-show}}
  security:
    enable_auth: true
    encryption_key: do-not-show
    authentication:
      providers:
        oidc: [{slug_id: a, client_id: id, client_secret: do-not-show, device_code: {client_secret: do-not-show}}]
        oauth: [{slug_id: b, client_id: id, client_secret: do-not-show, client_credentials: {client_secret: do-not-show}, http: {tls_config: {key: do-not-show}}}]
  datasource:
    global:
      discovery:
        - {name: a, http_sd: {url: "http://a", basic_auth: {username: u, password: do-not-show}}}
        - {name: b, http_sd: {url: "http://b", authorization: {type: Bearer, credentials: do-not-show}, oauth: {client_secret: do-not-show}}}
`)
		for _, o := range m.Objects {
			if o.Kind() != "Secret" && strings.Contains(fmt.Sprint(o), hidden) {
				t.Errorf("%s: %s/%s shows a secret:\n%v", where, o.Kind(), o.Name(), o)
			}
		}
		var variables []string
		env, _ := containers(podOf(m))[0]["env"].([]any)
		for _, e := range env {
			variables = append(variables, helm.Object(e.(map[string]any)).Text("name"))
		}
		for _, want := range []string{"PERSES_DATABASE_SQL_PASSWORD", "PERSES_SECURITY_ENCRYPTION_KEY", "PERSES_SECURITY_AUTHENTICATION_PROVIDERS_OIDC_0_DEVICE_CODE_CLIENT_SECRET",
			"PERSES_SECURITY_AUTHENTICATION_PROVIDERS_OAUTH_0_HTTP_TLS_CONFIG_KEY", "PERSES_DATASOURCE_GLOBAL_DISCOVERY_1_HTTP_SD_AUTHORIZATION_CREDENTIALS"} {
			if !slices.Contains(variables, want) {
				t.Errorf("%s: %s does not reach the server; it has %q", where, want, variables)
			}
		}
	}
}

// podOf is the spec of the pod of the workload.
func podOf(m *helm.Manifests) helm.Object {
	for _, o := range m.Objects {
		if o.Kind() == "StatefulSet" || o.Kind() == "Deployment" {
			return helm.Object(o.At("spec", "template", "spec").(map[string]any))
		}
	}
	return nil
}

func containers(pod helm.Object) (all []map[string]any) {
	for _, key := range []string{"initContainers", "containers"} {
		list, _ := pod.At(key).([]any)
		for _, c := range list {
			all = append(all, c.(map[string]any))
		}
	}
	return all
}
