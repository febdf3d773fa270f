import { describe, expect, it } from 'vitest';

import { kinds } from '../api/resource';
import { imported } from './import';

const into = (value: unknown) => imported(typeof value === 'string' ? value : JSON.stringify(value), kinds.Dashboard, 'here');
const spec = { panels: {}, layouts: [], unknown: { kept: true } };

describe('imported', () => {
  it('moves a dashboard of another server here, and keeps its spec', () => {
    const from = { kind: 'Dashboard', metadata: { name: 'cpu', project: 'there', version: 7, createdAt: 'x', updatedAt: 'y', tags: ['a'] }, spec };
    expect(into(from)).toEqual({ kind: 'Dashboard', metadata: { name: 'cpu', project: 'here', tags: ['a'] }, spec });
  });
  it('reads YAML', () => {
    expect(into('kind: Dashboard\nmetadata: {name: cpu}\nspec: {duration: 1h}\n').spec).toEqual({ duration: '1h' });
  });
  it('takes the dashboard out of a resource of the operator, old and new', () => {
    expect(into({ apiVersion: 'perses.dev/v1alpha1', kind: 'PersesDashboard', metadata: { name: 'cpu', namespace: 'x' }, spec })).toEqual({ kind: 'Dashboard', metadata: { name: 'cpu', project: 'here' }, spec });
    expect(into({ apiVersion: 'perses.dev/v1alpha2', kind: 'PersesDashboard', metadata: { name: 'cpu' }, spec: { config: spec } }).spec).toEqual(spec);
  });
  it('says what else something is', () => {
    expect(() => into({ schemaVersion: 39, title: 'Node', panels: [] })).toThrow(/Grafana.*percli migrate/);
    expect(() => into({ kind: 'Folder', metadata: { name: 'x' } })).toThrow('This is a Folder, and a dashboard is expected.');
    expect(() => into({ metadata: {} })).toThrow(/without a kind/);
    expect(() => into('- a\n- b\n')).toThrow(/mapping/);
    expect(() => into('just words')).toThrow(/mapping/);
  });
});
