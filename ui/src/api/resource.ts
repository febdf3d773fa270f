/** Metadata is that of any resource; project is there for kinds that live in a project. */
export interface Metadata {
  name: string;
  project?: string;
  createdAt?: string;
  updatedAt?: string;
  version?: number;
  tags?: string[];
}

/** Resource is anything the Perses API keeps. */
export interface Resource<Spec = Record<string, unknown>> {
  kind: string;
  metadata: Metadata;
  spec: Spec;
}

export interface Display {
  name?: string;
  description?: string;
}

/** A Kind as the interface needs it. */
export interface Kind {
  name: string;
  plural: string;
  /** One of them, and many, as sentences say it. */
  one: string;
  many: string;
  project: boolean;
}

/** kinds are those that the interface shows. */
export const kinds = {
  Project: { name: 'Project', plural: 'projects', one: 'project', many: 'projects', project: false },
  Dashboard: { name: 'Dashboard', plural: 'dashboards', one: 'dashboard', many: 'dashboards', project: true },
  Folder: { name: 'Folder', plural: 'folders', one: 'folder', many: 'folders', project: true },
  Datasource: { name: 'Datasource', plural: 'datasources', one: 'datasource', many: 'datasources', project: true },
  Variable: { name: 'Variable', plural: 'variables', one: 'variable', many: 'variables', project: true },
  Secret: { name: 'Secret', plural: 'secrets', one: 'secret', many: 'secrets', project: true },
  GlobalDatasource: { name: 'GlobalDatasource', plural: 'globaldatasources', one: 'global datasource', many: 'global datasources', project: false },
  GlobalVariable: { name: 'GlobalVariable', plural: 'globalvariables', one: 'global variable', many: 'global variables', project: false },
  GlobalSecret: { name: 'GlobalSecret', plural: 'globalsecrets', one: 'global secret', many: 'global secrets', project: false },
} as const satisfies Record<string, Kind>;

/** kindOf finds a kind by its plural. */
export function kindOf(plural: string): Kind | undefined {
  return Object.values(kinds).find((kind) => kind.plural === plural);
}

/** place is where the resources of a kind are, below /api/v1 and below /api/delivery/v1/resources alike. */
export function place(kind: Kind, project?: string): string {
  return kind.project && project ? `/projects/${encodeURIComponent(project)}/${kind.plural}` : `/${kind.plural}`;
}

/** listPath and itemPath are where the Perses API has the resources of a kind, and one of them. */
export function listPath(kind: Kind, project?: string): string {
  return `/api/v1${place(kind, project)}`;
}

export function itemPath(kind: Kind, project: string | undefined, name: string): string {
  return `${listPath(kind, project)}/${encodeURIComponent(name)}`;
}

/** statusPath is where the delivery API tells of one resource. */
export function statusPath(kind: Kind, project: string | undefined, name: string): string {
  return `/api/delivery/v1/resources${place(kind, project)}/${encodeURIComponent(name)}`;
}

/** title is the name to show: that of the display, or the name itself. */
export function title(resource: { metadata: Metadata; spec?: { display?: Display } }): string {
  return resource.spec?.display?.name || resource.metadata.name;
}
