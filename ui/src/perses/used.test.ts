import { describe, expect, it } from 'vitest';

import { used } from './used';

const variables = [
  { name: 'window', text: { values: ['1m', '5m'] } },
  { name: 'job', text: { matchers: ['up{cluster="$cluster"}'] } },
  { name: 'cluster', text: { values: ['a'] } },
  { name: 'win', text: {} },
];
const names = (by: unknown): string[] => [...used(variables, by)].sort();

describe('used', () => {
  it('finds every way to write a variable', () => {
    expect(names({ query: 'rate(x[$window])' })).toEqual(['window']);
    expect(names({ query: 'x{a="${window}"}' })).toEqual(['window']);
    expect(names({ query: 'x{a=~"${window:pipe}"}' })).toEqual(['window']);
  });
  it('does not take one name for the start of another', () => {
    expect(names({ query: '$window $windows ${windows}' })).toEqual(['window']);
    expect(names({ query: '$winter window' })).toEqual([]);
  });
  it('follows variables that variables mention', () => {
    expect(names({ query: 'up{job="$job"}' })).toEqual(['cluster', 'job']);
  });
  it('finds none in nothing', () => {
    expect(names(undefined)).toEqual([]);
  });
});
