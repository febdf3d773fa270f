package resource

import (
	"fmt"
	"strings"
	"testing"
)

// sampleDashboard writes a dashboard of n panels as JSON.
func sampleDashboard(n int) []byte {
	var panels, items strings.Builder
	for i := range n {
		if i > 0 {
			panels.WriteString(",")
			items.WriteString(",")
		}
		fmt.Fprintf(&panels, `"panel_%d":{"kind":"Panel","spec":{"display":{"name":"Requests %d","description":"Requests per second, by handler"},
			"plugin":{"kind":"TimeSeriesChart","spec":{"legend":{"mode":"table","position":"bottom","values":["last","max"]},
			"yAxis":{"format":{"unit":"requests/sec","decimalPlaces":2}},"visual":{"areaOpacity":0.15,"lineWidth":1.25}}},
			"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{
			"datasource":{"kind":"PrometheusDatasource","name":"prometheus"},
			"query":"sum by (handler) (rate(http_requests_total{job=\"$job\",code=~\"2..\"}[5m]))","seriesNameFormat":"{{handler}}"}}}}]}}`, i, i)
		fmt.Fprintf(&items, `{"x":%d,"y":%d,"width":12,"height":8,"content":{"$ref":"#/spec/panels/panel_%d"}}`, i%2*12, i/2*8, i)
	}
	return fmt.Appendf(nil, `{"kind":"Dashboard","metadata":{"name":"sample","project":"p"},"spec":{"duration":"1h",
		"variables":[{"kind":"ListVariable","spec":{"name":"job","allowAllValue":true,"allowMultiple":true,
		"plugin":{"kind":"PrometheusLabelValuesVariable","spec":{"labelName":"job"}}}}],
		"panels":{%s},"layouts":[{"kind":"Grid","spec":{"display":{"title":"All"},"items":[%s]}}]}}`, panels.String(), items.String())
}

// sample decodes a dashboard of about 20 kB of compact JSON.
func sample(tb testing.TB) *Resource {
	tb.Helper()
	docs, file := Decode(sampleDashboard(25), JSON)
	if len(file) > 0 || docs[0].Resource == nil {
		tb.Fatalf("decode sample: %v %v", file, docs[0].Problems)
	}
	return docs[0].Resource
}

func BenchmarkDecodeJSON(b *testing.B) {
	data := sample(b).JSON()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		Decode(data, JSON)
	}
}

func BenchmarkDecodeYAML(b *testing.B) {
	data := sample(b).YAML()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		Decode(data, YAML)
	}
}

// BenchmarkParseYAML is the part of BenchmarkDecodeYAML that is not ours.
func BenchmarkParseYAML(b *testing.B) {
	data := sample(b).YAML()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, p := yamlNodes(data); p != nil {
			b.Fatal(p)
		}
	}
}

func BenchmarkJSON(b *testing.B) {
	r := sample(b)
	b.SetBytes(int64(len(r.JSON())))
	b.ReportAllocs()
	for b.Loop() {
		r.JSON()
	}
}

func BenchmarkYAML(b *testing.B) {
	r := sample(b)
	b.SetBytes(int64(len(r.YAML())))
	b.ReportAllocs()
	for b.Loop() {
		r.YAML()
	}
}

func BenchmarkHash(b *testing.B) {
	r := sample(b)
	b.ReportAllocs()
	for b.Loop() {
		r.Hash(nil)
	}
}
