import { describe, expect, it } from 'vitest';

import { barsOf, changesText } from './timeline';

const run = (at: string, changes: Record<string, number>): { at: string; seconds: number; changes: Record<string, number> } => ({ at, seconds: 1, changes });

describe('barsOf', () => {
  it('draws the oldest first, and no more than there is room for', () => {
    const bars = barsOf([run('3', { updated: 1 }), run('2', { updated: 1 }), run('1', { updated: 1 })], 2);
    expect(bars.map((bar) => bar.run.at)).toEqual(['2', '3']);
  });
  it('lets one change be seen beside thousands, and fills the height with the most', () => {
    const [few, most] = barsOf([run('2', { created: 9000, deleted: 1000 }), run('1', { updated: 1 })], 9);
    expect(few!.parts[0]!.share).toBeGreaterThan(0.15);
    expect(most!.parts.map(({ action }) => action)).toEqual(['created', 'deleted']);
    expect(most!.parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });
  it('has nothing to draw of nothing', () => expect(barsOf([], 9)).toEqual([]));
});

it('says what changed in the order in which it is worth knowing', () => {
  expect(changesText({ deleted: 1, created: 1200 })).toBe('1,200 created, 1 deleted');
  expect(changesText({})).toBe('nothing changed');
});
