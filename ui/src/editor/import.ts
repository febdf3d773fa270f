import { parse } from 'yaml';

import type { Kind, Resource } from '../api/resource';

interface Foreign {
  kind?: unknown;
  apiVersion?: unknown;
  metadata?: { name?: unknown; project?: unknown; tags?: unknown };
  spec?: Record<string, unknown>;
  schemaVersion?: unknown;
}

/** imported reads a resource that somebody took from elsewhere, for a place here: what another server counted and dated is left out, and the project is
 *  the one it goes to. The resources of the operator of Perses hold one. */
export function imported(text: string, kind: Kind, project: string | undefined): Resource {
  const read = parse(text) as Foreign | null;
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new Error(`This is no ${kind.one}: a mapping with kind, metadata and spec is expected.`);
  if (read.schemaVersion !== undefined && read.kind === undefined) {
    throw new Error('This is a dashboard of Grafana. It has to be migrated first: percli migrate -f FILE --online does that, with a server of Perses.');
  }
  const ofOperator = read.apiVersion !== undefined && read.kind === `Perses${kind.name}`;
  if (read.kind !== kind.name && !ofOperator) throw new Error(`This is a ${String(read.kind ?? 'document without a kind')}, and a ${kind.one} is expected.`);
  const { name, tags } = read.metadata ?? {};
  const inner = read.spec?.config;
  const spec = ofOperator && typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : (read.spec ?? {});
  return {
    kind: kind.name,
    metadata: { name: typeof name === 'string' ? name : '', ...(project ? { project } : {}), ...(Array.isArray(tags) ? { tags: tags as string[] } : {}) },
    spec,
  };
}
