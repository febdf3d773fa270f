import { describe, expect, it } from 'vitest';

import { nameOf } from './name';
import { ago } from './time';

describe('nameOf', () => {
  const cases: Array<[title: string, name: string]> = [
    ['Node exporter', 'node-exporter'],
    ['  CPU / Mémoire (%) ', 'cpu-memoire'],
    ['v1.2_beta', 'v1.2_beta'],
    ['..', ''],
    ['数', ''],
    ['x'.repeat(80), 'x'.repeat(75)],
    [`${'x'.repeat(74)} y`, 'x'.repeat(74)],
  ];
  for (const [title, name] of cases) it(`makes “${name}” of “${title}”`, () => expect(nameOf(title)).toBe(name));
});

describe('ago', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  it('counts in the unit that fits', () => {
    expect(ago('2026-01-01T23:59:30Z', now)).toBe('30 seconds ago');
    expect(ago('2026-01-01T22:00:00Z', now)).toBe('2 hours ago');
    expect(ago('2025-12-01T00:00:00Z', now)).toBe('last month');
  });
  it('says nothing of a time that is not known', () => expect([ago(undefined), ago('0001-01-01T00:00:00Z')]).toEqual(['', '']));
});
