package chart_test

import (
	"testing"

	"github.com/perseid-dev/perseid/test/chart/helm"
)

// TestNull writes null in the place of what can be left out as a whole, with which Helm takes away its defaults: it is left out, and no template
// trips over what is not there.
func TestNull(t *testing.T) {
	on := parse(t, `
dashboards: {enabled: true}
gateway: {enabled: true, gatewayClassName: example}
ingress: {enabled: true}
livenessProbe: {enabled: true}
networkPolicy: {enabled: true}
podDisruptionBudget: {enabled: true}
podMonitor: {enabled: true}
prometheusRule: {enabled: true}
readinessProbe: {enabled: true}
serviceMonitor: {selfMonitor: true}
startupProbe: {enabled: true}
testFramework: {enabled: true}
`)
	full, err := helm.Render(load(t, server), helm.Options{Values: on})
	if err != nil {
		t.Fatal(err)
	}
	for block := range on {
		t.Run(block, func(t *testing.T) {
			m, err := helm.Render(load(t, server), helm.Options{Values: merged(on, nested(t, block, "null"))})
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Text) >= len(full.Text) {
				t.Errorf("%s: null leaves nothing out", block)
			}
		})
	}
}
