import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { configMap, json, yaml } from './text';

const dashboard = {
  kind: 'Dashboard',
  metadata: { name: 'cpu', project: 'a', version: 3, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-02T00:00:00Z', tags: ['x'] },
  spec: { duration: '1h', panels: { one: { kind: 'Panel', spec: { text: 'yes: "no"\n# not a comment' } } } },
};
const declared = { kind: 'Dashboard', metadata: { name: 'cpu', project: 'a', tags: ['x'] }, spec: dashboard.spec };

describe('a dashboard as text', () => {
  it('is what one would declare, in each form', () => {
    expect(parse(yaml(dashboard))).toEqual(declared);
    expect(JSON.parse(json(dashboard))).toEqual(declared);
  });
  it('in a ConfigMap is a file under the label that sources look for', () => {
    const manifest = parse(configMap(dashboard)) as { kind: string; metadata: object; data: Record<string, string> };
    expect(manifest).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'cpu', labels: { 'perses.dev/resource': 'true' } } });
    expect(parse(manifest.data['cpu.yaml']!)).toEqual(declared);
  });
});
