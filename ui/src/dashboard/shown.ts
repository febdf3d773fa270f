import type { DashboardResource } from '@perses-dev/core';

import type { Display, Resource } from '../api/resource';

interface Item {
  content?: { $ref: string };
}

interface Layout {
  kind: string;
  spec: { display?: { title?: string }; items?: Item[]; tabs?: Array<{ name?: string; items?: Item[] }> };
}

export interface DashboardSpec {
  display?: Display;
  datasources?: Record<string, unknown>;
  variables?: unknown[];
  panels?: Record<string, unknown> | null;
  layouts?: Layout[] | null;
  duration?: string;
  refreshInterval?: string;
  [unknown: string]: unknown;
}

export type Dashboard = Resource<DashboardSpec>;

/** shown is a dashboard as Perses' components of this version can draw it: tabs, which are newer, become groups, and what may be null is not. */
export function shown(dashboard: Dashboard): DashboardResource {
  const { spec } = dashboard;
  const layouts = (spec.layouts ?? []).flatMap(groups);
  return { ...dashboard, spec: { ...spec, panels: spec.panels ?? {}, layouts, variables: spec.variables ?? [] } } as unknown as DashboardResource;
}

function groups(layout: Layout): Layout[] {
  if (layout.kind !== 'Tabs') return [{ ...layout, spec: { ...layout.spec, items: layout.spec.items ?? [] } }];
  const above = layout.spec.display?.title;
  return (layout.spec.tabs ?? []).map((tab) => {
    const title = [above, tab.name].filter(Boolean).join(' / ');
    return { kind: 'Grid', spec: { display: { title, collapse: { open: true } }, items: tab.items ?? [] } };
  });
}

/** uneditable says why the editor would spoil a dashboard; undefined if it would not. */
export function uneditable(dashboard: Dashboard): string | undefined {
  const tabs = dashboard.spec.layouts?.some((layout) => layout.kind === 'Tabs');
  return tabs ? 'This dashboard has tabs, which this version of the editor does not know. Edit its source instead.' : undefined;
}
