import { path, query } from '../api/base';

/** Identity is what a resource is called by. */
export interface Identity {
  kind: string;
  project?: string | undefined;
  name: string;
}

/** pluralOf is how URLs name a kind. */
export function pluralOf(kind: string): string {
  return `${kind.toLowerCase()}s`;
}

/** identityText is how sentences name a resource: "Dashboard shop/cart". */
export function identityText({ kind, project, name }: Identity): string {
  return `${kind} ${project ? `${project}/` : ''}${name}`;
}

function below(base: string, plural: string, project: string | undefined, name: string): string {
  const place = project ? path`/projects/${project}/${plural}/${name}` : path`/${plural}/${name}`;
  return base + place;
}

/** resourceLink is the page of a resource below Delivery, resourcePath where the delivery API has it, itemPath where the Perses API has it. */
export function resourceLink({ kind, project, name }: Identity): string {
  return below('/delivery/resources', pluralOf(kind), project, name);
}

export function resourcePath(plural: string, project: string | undefined, name: string): string {
  return below('/api/delivery/v1/resources', plural, project, name);
}

export function storedPath(plural: string, project: string | undefined, name: string): string {
  return below('/api/v1', plural, project, name);
}

/** sourceLink is the page of a source, and sourcePath where the API has it or something of it. */
export function sourceLink(name: string, tab = ''): string {
  return path`/delivery/sources/${name}` + (tab && `/${tab}`);
}

export function sourcePath(name: string, what = ''): string {
  return path`/api/delivery/v1/sources/${name}` + (what && `/${what}`);
}

/** documentsLink is the documents of a source, filtered. */
export function documentsLink(name: string, filter: { outcome?: string; q?: string }): string {
  return sourceLink(name) + query(filter);
}
