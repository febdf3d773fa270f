package input

import "fmt"

func (m *maker) panel() component {
	metric := pick(m, metrics)
	p := panel{
		Display: display{
			Name:        fmt.Sprintf("%s by %s", metric, pick(m, labels)),
			Description: fmt.Sprintf("Shows %s of %s over the rate window, by what changes it most.", metric, m.service),
		},
		Plugin: m.chart(),
	}
	for range 1 + m.rand.IntN(3) {
		p.Queries = append(p.Queries, m.query(metric))
	}
	return component{Kind: "Panel", Spec: p}
}

func (m *maker) chart() plugin {
	format := map[string]any{"unit": pick(m, units), "decimalPlaces": m.rand.IntN(4)}
	if m.rand.IntN(8) == 0 {
		return plugin{Kind: "StatChart", Spec: map[string]any{"calculation": "last", "format": format, "valueFontSize": 50}}
	}
	return plugin{Kind: "TimeSeriesChart", Spec: map[string]any{
		"legend": map[string]any{"position": "right", "mode": "table", "values": []string{"last", "mean", "max"}},
		"yAxis":  map[string]any{"format": format, "min": 0},
		"visual": map[string]any{
			"display": "line", "lineWidth": 0.25, "areaOpacity": 0.5, "stack": "all", "connectNulls": false,
			"palette": map[string]any{"mode": "auto"},
		},
	}}
}

// query is mostly a line, and every third time a ratio of two rates over several lines, which is what takes up the room in real dashboards.
func (m *maker) query(metric string) component {
	by := pick(m, labels)
	text := fmt.Sprintf(`sum by (%s) (rate(%s_total{cluster=~"$cluster",job="%s"}[$__rate_interval]))`, by, metric, m.service)
	if m.rand.IntN(3) == 0 {
		text = m.ratio(metric, by)
	}
	return component{Kind: "TimeSeriesQuery", Spec: map[string]any{"plugin": plugin{
		Kind: "PrometheusTimeSeriesQuery",
		Spec: map[string]any{
			"datasource":       map[string]any{"kind": "PrometheusDatasource", "name": Datasource},
			"query":            text,
			"seriesNameFormat": fmt.Sprintf("{{%s}} of {{job}}", by),
		},
	}}}
}

func (m *maker) ratio(metric, by string) string {
	return fmt.Sprintf(`  sum by (%[1]s, job) (
    rate(
      %[2]s_total{cluster=~"$cluster",job="%[3]s",namespace=~"$namespace",code!~"%[4]d..",%[1]s!=""}[$__rate_interval]
    )
  )
/ ignoring (code) group_left ()
  sum by (%[1]s, job) (
    rate(%[2]s_total{cluster=~"$cluster",job="%[3]s",namespace=~"$namespace"}[$__rate_interval])
  )
*
  100`, by, metric, m.service, 2+m.rand.IntN(4))
}

// variables makes a chain: each is narrowed by the one before.
func (m *maker) variables() []component {
	var made []component
	matcher := "up"
	for _, name := range []string{"cluster", "namespace", "instance"} {
		made = append(made, component{Kind: "ListVariable", Spec: map[string]any{
			"name":          name,
			"display":       map[string]any{"name": name, "hidden": false},
			"allowAllValue": true,
			"allowMultiple": true,
			"sort":          "alphabetical-asc",
			"plugin": plugin{Kind: "PrometheusLabelValuesVariable", Spec: map[string]any{
				"datasource": map[string]any{"kind": "PrometheusDatasource", "name": Datasource},
				"labelName":  name,
				"matchers":   []string{matcher},
			}},
		}})
		matcher = fmt.Sprintf(`up{%s=~"$%s"}`, name, name)
	}
	return made
}
