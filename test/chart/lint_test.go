package chart_test

import (
	"testing"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
)

// TestLint is "helm lint --strict", with the defaults and with each values file. An icon is recommended, and we have none.
func TestLint(t *testing.T) {
	kubernetes, err := common.ParseKubeVersion("v1.36.3")
	if err != nil {
		t.Fatal(err)
	}
	all := append(examples(t, "values"), example{name: "nothing"})
	for _, e := range all {
		if e.said["kubernetes"] != "" { // linting has a Kubernetes of its own
			continue
		}
		for _, m := range lint.RunAll(server, e.values, "monitoring", lint.WithKubeVersion(kubernetes)).Messages {
			if m.Severity > support.InfoSev {
				t.Errorf("%s: %s: %s", e.name, m.Path, m.Err)
			}
		}
	}
}
