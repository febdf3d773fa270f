import { describe, expect, it } from 'vitest';

import type { Document } from '../api/delivery';
import { managedIn } from './managed';
import { filtered, rowOf } from './rows';

const metadata = { name: 'cpu', project: 'p', tags: ['node'] };

describe('rowOf', () => {
  it('takes the title from the display', () => expect(rowOf({ metadata, spec: { display: { name: 'CPU' } } }).title).toBe('CPU'));
  it('takes the name where there is no title', () => expect(rowOf({ metadata, spec: {} })).toEqual({ metadata, title: 'cpu' }));
  it('reads a list variable', () => {
    const spec = { kind: 'ListVariable', spec: { display: { name: 'Job' }, plugin: { kind: 'PrometheusLabelValuesVariable' } } };
    expect(rowOf({ metadata, spec })).toEqual({ metadata, title: 'Job', plugin: 'PrometheusLabelValuesVariable' });
  });
  it('reads a text variable', () => expect(rowOf({ metadata, spec: { kind: 'TextVariable', spec: {} } }).plugin).toBe('TextVariable'));
});

describe('filtered', () => {
  const rows = [rowOf({ metadata, spec: { display: { name: 'Processor use' } } }), rowOf({ metadata: { name: 'memory' }, spec: {} })];
  const names = (text: string): string[] => filtered(rows, text).map((row) => row.metadata.name);
  it('keeps all for nothing', () => expect(names(' ')).toEqual(['cpu', 'memory']));
  it('finds by title, name and tag, whatever the case', () => {
    expect(names('PROC')).toEqual(['cpu']);
    expect(names('mem')).toEqual(['memory']);
    expect(names('node')).toEqual(['cpu']);
  });
  it('wants every word', () => expect(names('cpu memory')).toEqual([]));
});

describe('managedIn', () => {
  const document = (name: string, outcome: string): Document => ({ source: 's', origin: `${name}.yaml`, index: 0, kind: 'Dashboard', name, outcome, since: '' });
  it('counts what is served, also when its newest version is invalid', () => {
    const managed = managedIn([document('a', 'applied'), document('b', 'invalid'), document('c', 'shadowed'), document('d', 'released')]);
    expect([...managed.keys()]).toEqual(['a', 'b']);
  });
});
