import { useMemo } from 'react';

import { query } from '../api/base';
import type { Document, Owner } from '../api/delivery';
import { useEvents } from '../api/events';
import { useGet } from '../api/queries';
import { useCalm } from '../kit/calm';
import type { Kind } from '../api/resource';

// Documents with these outcomes stand for no resource that is managed.
const strangers = new Set(['shadowed', 'refused', 'released', 'pruned']);

/** managedIn gives, by the name of the resource, who manages it, of documents as the delivery API lists them. */
export function managedIn(documents: Document[]): Map<string, Owner> {
  const found = new Map<string, Owner>();
  for (const { name, outcome, source, origin, since } of documents) {
    if (name && !strangers.has(outcome)) found.set(name, { source, origin, since });
  }
  return found;
}

/** pause is how long, in milliseconds, the list is not asked for again: it may be long, and events come often. */
const pause = 2000;

/** useManaged says which resources of a kind, in a project, are managed, and by whom. It follows what sources do. */
export function useManaged(kind: Kind, project?: string): Map<string, Owner> {
  const version = useCalm(useEvents().version, pause);
  const { data } = useGet<Document[]>(`/api/delivery/v1/documents${query({ kind: kind.name, project })}`, version);
  return useMemo(() => managedIn(data ?? []), [data]);
}
