import { describe, expect, it } from 'vitest';

import { pieces, projectsLike } from './match';

const hit = (original: string, ...intervals: Array<[number, number]>): Parameters<typeof pieces>[1] => ({
  metadata: { name: 'n', project: 'p' },
  original,
  intervals: intervals.map(([from, to]) => ({ from, to })),
});

describe('pieces', () => {
  it('marks what matched, first and last character included', () => {
    expect(pieces('node exporter', hit('node exporter', [0, 1], [5, 7]))).toEqual([
      { text: 'no', marked: true },
      { text: 'de ', marked: false },
      { text: 'exp', marked: true },
      { text: 'orter', marked: false },
    ]);
  });

  it('leaves a text alone that is not the one that matched', () => {
    expect(pieces('Nodes', hit('node', [0, 3]))).toEqual([{ text: 'Nodes', marked: false }]);
  });

  it('counts characters, whatever their length', () => {
    expect(pieces('🚀 rocket', hit('🚀 rocket', [2, 3]))).toEqual([
      { text: '🚀 ', marked: false },
      { text: 'ro', marked: true },
      { text: 'cket', marked: false },
    ]);
  });
});

describe('projectsLike', () => {
  const projects = ['payments', 'team-pay', 'search'].map((name) => ({ metadata: { name } }));
  const names = (query: string): string[] => projectsLike(projects, query).map(({ metadata }) => metadata.name);

  it('puts first what begins with the query', () => expect(names('pay')).toEqual(['payments', 'team-pay']));
  it('finds nothing for an empty query', () => expect(names('  ')).toEqual([]));
  it('finds by the display name', () => {
    expect(projectsLike([{ metadata: { name: 'x1' }, spec: { display: { name: 'Payments' } } }], 'PAY')).toHaveLength(1);
  });
});
