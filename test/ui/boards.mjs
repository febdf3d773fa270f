// Dashboards made for looking at them: one with a panel of every kind, and its twin that finds nothing.

export const project = { kind: 'Project', metadata: { name: 'look' }, spec: { display: { name: 'Look' } } };

const decimal = { format: { unit: 'decimal' } };
const last = { calculation: 'last', ...decimal };

/** kinds is every kind of panel with a spec and a query that finds something. */
export const kinds = {
  BarChart: { spec: { ...last, sort: 'desc', mode: 'value' }, query: 'sum by (kind) (perseid_store_documents)' },
  GaugeChart: { spec: { ...last, max: 100 }, query: 'sum(perseid_source_documents)' },
  HeatMapChart: { spec: { yAxisFormat: { unit: 'seconds' }, countFormat: { unit: 'decimal' }, showVisualMap: true }, query: 'sum(rate(demo_request_duration_seconds[10s]))' },
  HistogramChart: { spec: { format: { unit: 'seconds' } }, query: 'sum(rate(demo_request_duration_seconds[10s]))' },
  Markdown: { spec: { text: '# Written down\n\nA panel that asks nobody.' } },
  PieChart: { spec: { ...last, radius: 50, sort: 'desc', mode: 'value', legend: { position: 'right', mode: 'list' } }, query: 'sum by (outcome) (perseid_source_documents) > 0' },
  StatChart: { spec: { ...last, sparkline: { width: 2 } }, query: 'sum(rate(perses_http_request_total[10s]))' },
  StatusHistoryChart: { spec: { legend: { position: 'bottom', mode: 'list' } }, query: 'sum by (source) (perseid_source_state{state="ready"})' },
  Table: { spec: { density: 'compact' }, query: 'perseid_source_documents' },
  TimeSeriesChart: { spec: { legend: { position: 'bottom', mode: 'list' } }, query: 'sum by (code) (rate(perses_http_request_total[10s]))' },
  TimeSeriesTable: { spec: {}, query: 'sum by (code) (perses_http_request_total)' },
};

const timeSeries = (query, datasource) => ({
  kind: 'TimeSeriesQuery',
  spec: { plugin: { kind: 'PrometheusTimeSeriesQuery', spec: { query, ...(datasource && { datasource: { kind: 'PrometheusDatasource', name: datasource } }) } } },
});

/** panelOf is a panel with one query, or none. */
export const panelOf = (name, kind, spec, query, datasource) => ({
  kind: 'Panel',
  spec: { display: { name }, plugin: { kind, spec }, queries: query ? [timeSeries(query, datasource)] : [] },
});

/** board is a dashboard with panels by ID, three in a row. */
export function board(name, panels, more = {}) {
  const items = Object.keys(panels).map((id, i) => ({ x: (i % 3) * 8, y: Math.floor(i / 3) * 7, width: 8, height: 7, content: { $ref: `#/spec/panels/${id}` } }));
  return {
    kind: 'Dashboard',
    metadata: { name, project: 'look' },
    spec: { display: { name }, duration: '5m', refreshInterval: '0s', panels, layouts: [{ kind: 'Grid', spec: { items } }], ...more },
  };
}

const every = (make) => Object.fromEntries(Object.entries(kinds).map(([kind, has]) => [kind, make(kind, has)]));

export const full = board('full', every((kind, { spec, query }) => panelOf(kind, kind, spec, query)));

/** blank has the same panels; what they ask has no answer, and what they say is nothing. */
export const blank = board('blank', every((kind, { spec, query }) => panelOf(kind, kind, kind === 'Markdown' ? { text: '' } : spec, query && 'nobody_exports_this')));

export const chosen = board('chosen', { one: panelOf('By code', 'TimeSeriesChart', {}, 'sum by (code) (rate(perses_http_request_total{method=~"$method"}[10s]))') }, {
  variables: [{
    kind: 'ListVariable',
    spec: {
      name: 'method', display: { name: 'Method' }, allowAllValue: false, allowMultiple: false, defaultValue: 'GET',
      plugin: { kind: 'StaticListVariable', spec: { values: ['GET', 'POST', 'PUT'] } },
    },
  }],
});

/** broken asks a datasource behind which nobody listens, beside one that answers. */
export const broken = board('broken', {
  gone: panelOf('Nobody listens', 'TimeSeriesChart', {}, 'up', 'gone'),
  there: panelOf('Somebody listens', 'StatChart', last, 'sum(up)'),
});

export const gone = {
  kind: 'Datasource',
  metadata: { name: 'gone', project: 'look' },
  spec: { default: false, plugin: { kind: 'PrometheusDatasource', spec: { proxy: { kind: 'HTTPProxy', spec: { url: 'http://127.0.0.1:1' } } } } },
};

export const documents = Object.fromEntries([project, full, blank, chosen, broken, gone].map((d) => [`look/${d.kind}-${d.metadata.name}.json`, d]));
