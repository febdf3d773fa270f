import { stringify } from 'yaml';

import type { Resource } from '../api/resource';

/** declaration is a resource as one would write it into a file: without what the server counts and dates. */
export function declaration({ kind, metadata, spec }: Resource<unknown>): object {
  const { name, project, tags } = metadata;
  return { kind, metadata: { name, ...(project ? { project } : {}), ...(tags?.length ? { tags } : {}) }, spec };
}

/** yaml is that declaration in YAML. */
export function yaml(resource: Resource<unknown>): string {
  return stringify(declaration(resource), { lineWidth: 0 });
}

/** json is that declaration in JSON. */
export function json(resource: Resource<unknown>): string {
  return `${JSON.stringify(declaration(resource), null, 2)}\n`;
}

/** configMap is that declaration in a ConfigMap, as sources in a cluster read it. */
export function configMap(resource: Resource<unknown>): string {
  const { name } = resource.metadata;
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { 'perses.dev/resource': 'true' } }, data: { [`${name}.yaml`]: yaml(resource) } };
  return stringify(manifest, { lineWidth: 0 });
}

/** download gives the reader a file. */
export function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
