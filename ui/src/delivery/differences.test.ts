import { describe, expect, it } from 'vitest';

import { differences } from './differences';

describe('differences', () => {
  const cases: Record<string, [before: unknown, after: unknown, want: ReturnType<typeof differences>]> = {
    'equal documents': [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    'another order of fields': [{ a: 1, b: 2 }, { b: 2, a: 1 }, []],
    'a value': [{ spec: { display: { name: 'CPU' } } }, { spec: { display: { name: 'CPU load' } } }, [{ path: 'spec.display.name', before: '"CPU"', after: '"CPU load"' }]],
    'a field more': [{ spec: {} }, { spec: { timezone: 'local' } }, [{ path: 'spec.timezone', after: '"local"' }]],
    'a field less': [{ spec: { links: [{ url: 'x' }, { url: 'y' }] } }, { spec: { links: [{ url: 'x' }] } }, [{ path: 'spec.links[1]', before: '{"url":"y"}' }]],
    'another type': [{ a: [1] }, { a: { b: 1 } }, [{ path: 'a', before: '[1]', after: '{"b":1}' }]],
    'null and nothing': [{ a: null }, {}, [{ path: 'a', before: 'null' }]],
    'names that are no words': [{ panels: { 'a.b': 1 } }, { panels: { 'a.b': 2 } }, [{ path: 'panels["a.b"]', before: '1', after: '2' }]],
    'a document at all': [undefined, { a: 1 }, [{ path: '', after: '{"a":1}' }]],
  };
  for (const [name, [before, after, want]] of Object.entries(cases)) {
    it(`finds ${name}`, () => expect(differences(before, after)).toEqual(want));
  }
});
