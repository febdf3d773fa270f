import { describe, expect, it } from 'vitest';

import { merge } from './merge';

// What is stored has fields that the editor never shows: links, annotations, a repeat on a group and on an item, a note on a panel.
const item = (panel: string, y: number): object => ({ x: 0, y, width: 12, height: 6, content: { $ref: `#/spec/panels/${panel}` } });
const stored = {
  kind: 'Dashboard',
  metadata: { name: 'cpu', project: 'p', version: 3, tags: ['node'] },
  spec: {
    display: { name: 'CPU' },
    links: [{ url: 'https://example.com' }],
    annotations: [{ display: { name: 'deploys' } }],
    variables: [{ kind: 'TextVariable', spec: { name: 'job', value: 'node', note: 'kept' } }],
    panels: { a: { kind: 'Panel', spec: { note: 'kept' } }, b: { kind: 'Panel', spec: {} } },
    layouts: [
      { kind: 'Grid', spec: { display: { title: 'One', icon: 'kept' }, items: [{ ...item('a', 0), repeatVariable: { value: 'job' } }] } },
      { kind: 'Grid', spec: { repeatBy: 'kept', items: [item('b', 0)] } },
    ],
    duration: '1h',
  },
};

const shown = {
  kind: 'Dashboard',
  metadata: stored.metadata,
  spec: {
    display: { name: 'CPU' },
    variables: [{ kind: 'TextVariable', spec: { name: 'job', value: 'node' } }],
    panels: stored.spec.panels,
    layouts: [
      { kind: 'Grid', spec: { display: { title: 'One', collapse: { open: true } }, items: [item('a', 0)], repeatVariable: undefined } },
      { kind: 'Grid', spec: { display: undefined, items: [item('b', 0)] } },
    ],
    duration: '1h',
    refreshInterval: '0s',
    datasources: undefined,
  },
};

type Shown = typeof shown;
const edit = (change: (dashboard: Shown) => void): Shown => {
  const copy = structuredClone(shown);
  change(copy);
  return copy;
};
const changed = (change: (dashboard: typeof stored) => void): typeof stored => {
  const copy = structuredClone(stored);
  change(copy);
  return copy;
};

describe('merge', () => {
  it('leaves what nobody changed as it is stored', () => {
    expect(merge(stored, shown, structuredClone(shown))).toEqual(stored);
  });

  it('changes one field and nothing else', () => {
    const after = edit((d) => (d.spec.duration = '6h'));
    expect(merge(stored, shown, after)).toEqual(changed((d) => (d.spec.duration = '6h')));
  });

  it('keeps the unknown fields of a variable that was edited', () => {
    const after = edit((d) => (d.spec.variables[0]!.spec.value = 'other'));
    expect(merge(stored, shown, after)).toEqual(changed((d) => (d.spec.variables[0]!.spec.value = 'other')));
  });

  it('keeps the unknown fields of groups and items that moved', () => {
    const after = edit((d) => {
      d.spec.layouts.reverse();
      Object.assign(d.spec.layouts[1]!.spec.items[0]!, { x: 5 });
    });
    const expected = changed((d) => {
      d.spec.layouts.reverse();
      Object.assign(d.spec.layouts[1]!.spec.items[0]!, { x: 5 });
    });
    expect(merge(stored, shown, after)).toEqual(expected);
  });

  it('knows a group again that was renamed', () => {
    const after = edit((d) => Object.assign(d.spec.layouts[0]!.spec.display!, { title: 'Uno' }));
    expect(merge(stored, shown, after)).toEqual(changed((d) => Object.assign(d.spec.layouts[0]!.spec.display!, { title: 'Uno' })));
  });

  it('adds what is new and removes what was deleted', () => {
    const after = edit((d) => {
      Object.assign(d.spec.panels, { c: { kind: 'Panel', spec: { display: { name: 'new' } } } });
      delete (d.spec.panels as Record<string, unknown>)['a'];
      d.spec.layouts[0]!.spec.items = [item('c', 0)];
      d.spec.variables = [];
    });
    const result = merge(stored, shown, after);
    expect(Object.keys(result.spec.panels)).toEqual(['b', 'c']);
    expect(result.spec.layouts[0]!.spec.items).toEqual([item('c', 0)]);
    expect(result.spec.variables).toEqual([]);
    expect(result.spec.links).toEqual(stored.spec.links);
  });

  it('removes a field that the editor took away', () => {
    const after = edit((d) => delete (d.spec as Partial<Shown['spec']>).duration);
    expect('duration' in merge(stored, shown, after).spec).toBe(false);
  });

  it('takes the list as it is edited where the editor showed another one than is stored', () => {
    expect(merge({ list: [1, 2, 3] }, { list: [1] }, { list: [1, 4] })).toEqual({ list: [1, 4] });
  });
});
