import { query } from '../api/base';
import { useGet, useList } from '../api/queries';
import { kinds, type Display, type Kind, type Metadata } from '../api/resource';

/** Row is a resource in a list. */
export interface Row {
  metadata: Metadata;
  title: string;
  /** The plugin it is of, for datasources and variables. */
  plugin?: string;
}

interface Spec {
  display?: Display;
  plugin?: { kind: string };
  kind?: string;
  spec?: { display?: Display; plugin?: { kind: string } };
}

interface Rows {
  rows: Row[] | undefined;
  error: Error | null;
  retry: () => void;
}

/** useRows lists the resources of a kind. Of dashboards it asks for names and titles alone: there may be very many. */
export function useRows(kind: Kind, project?: string): Rows {
  const dashboards = kind === kinds.Dashboard;
  const found = useGet<Array<{ metadata: Metadata; displayName?: string }>>(dashboards ? `/api/v1/search/dashboards${query({ project })}` : undefined);
  const listed = useList<Spec>(kind, project, dashboards);
  if (dashboards) {
    return { rows: found.data?.map(({ metadata, displayName }) => ({ metadata, title: displayName || metadata.name })), error: found.error, retry: () => void found.refetch() };
  }
  return { rows: listed.data?.map(rowOf), error: listed.error, retry: () => void listed.refetch() };
}

/** rowOf reads a resource; a variable has a kind of its own and its display inside. */
export function rowOf({ metadata, spec }: { metadata: Metadata; spec: Spec }): Row {
  const plugin = spec.plugin?.kind ?? spec.spec?.plugin?.kind ?? (spec.spec ? spec.kind : undefined);
  const title = spec.display?.name || spec.spec?.display?.name || metadata.name;
  return { metadata, title, ...(plugin ? { plugin } : {}) };
}

/** filtered keeps the rows whose title, name, plugin or tags hold every word. */
export function filtered(rows: Row[], text: string): Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ title, metadata, plugin }) => {
    const all = [title, metadata.name, plugin ?? '', ...(metadata.tags ?? [])].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
