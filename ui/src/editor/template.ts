import { kinds, type Kind, type Resource } from '../api/resource';

const datasource = {
  default: false,
  plugin: { kind: 'PrometheusDatasource', spec: { proxy: { kind: 'HTTPProxy', spec: { url: 'http://localhost:9090' } } } },
};

const variable = {
  kind: 'ListVariable',
  spec: { allowMultiple: false, allowAllValue: false, plugin: { kind: 'StaticListVariable', spec: { values: [] } } },
};

const specs: Record<string, Record<string, unknown>> = {
  Dashboard: { duration: '1h', panels: {}, layouts: [] },
  Folder: { items: [{ kind: 'Dashboard', name: 'my-dashboard' }] },
  Datasource: datasource,
  GlobalDatasource: datasource,
  Variable: variable,
  GlobalVariable: variable,
  Secret: { basicAuth: { username: 'perses', password: '' } },
  GlobalSecret: { basicAuth: { username: 'perses', password: '' } },
};

/** template is what a new resource of a kind begins with. */
export function template(kind: Kind, project: string | undefined): Resource {
  const scope = kind.project && project ? { project } : {};
  const spec = structuredClone(specs[kind.name] ?? {});
  // Forms ask for the name; text shows where it goes.
  const name = kind === kinds.Datasource || kind === kinds.GlobalDatasource || kind === kinds.Variable || kind === kinds.GlobalVariable ? '' : `my-${kind.one.replace(/ /g, '-')}`;
  return { kind: kind.name, metadata: { name, ...scope }, spec };
}
