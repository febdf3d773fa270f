import { describe, expect, it } from 'vitest';

import { changedPart, sideBySide, stretches } from './side-by-side';

/** short writes rows as "before | after". */
const short = (before: string, after: string): string[] =>
  sideBySide(before, after).map((row) => `${row.before?.text ?? ''}${row.same ? ' = ' : ' | '}${row.after?.text ?? ''}`);

describe('sideBySide', () => {
  it('puts what replaces beside what it replaces', () => {
    expect(short('a\nb\nc\n', 'a\nB\nc\n')).toEqual(['a = a', 'b | B', 'c = c']);
  });
  it('leaves a side empty', () => {
    expect(short('a\nc\n', 'a\nb1\nb2\nc\n')).toEqual(['a = a', ' | b1', ' | b2', 'c = c']);
    expect(short('a\nb\nc\n', 'a\nc\n')).toEqual(['a = a', 'b | ', 'c = c']);
  });
  it('numbers the lines of each text', () => {
    const rows = sideBySide('a\nb\nc\n', 'b\nc\nd\n');
    expect(rows.map(({ before, after }) => [before?.number, after?.number])).toEqual([[1, undefined], [2, 1], [3, 2], [undefined, 3]]);
  });
  it('keeps every line of both', () => {
    const before = Array.from({ length: 300 }, (_, i) => `${i % 7} ${i % 11}`).join('\n');
    const after = Array.from({ length: 280 }, (_, i) => `${i % 5} ${i % 13}`).join('\n');
    const rows = sideBySide(before, after);
    expect(rows.flatMap((row) => row.before?.text ?? []).join('\n')).toBe(before);
    expect(rows.flatMap((row) => row.after?.text ?? []).join('\n')).toBe(after);
  });
  it('is done with texts that have nothing in common', () => {
    const text = (word: string): string => Array.from({ length: 20_000 }, (_, i) => `${word} ${i}`).join('\n');
    expect(sideBySide(text('a'), text('b'))).toHaveLength(20_000);
  });
});

describe('stretches', () => {
  const numbers = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  it('folds what is far from a difference', () => {
    const rows = sideBySide(numbers.join('\n'), numbers.with(20, 'new').join('\n'));
    expect(stretches(rows).map(({ rows, folded }) => [rows.length, folded])).toEqual([[17, true], [7, false], [16, true]]);
  });
  it('folds all of equal texts', () => {
    expect(stretches(sideBySide('a\nb\nc\nd', 'a\nb\nc\nd'))).toHaveLength(1);
  });
});

describe('changedPart', () => {
  it('finds the middle', () => expect(changedPart('name: CPU load', 'name: CPU use')).toEqual({ start: 10, beforeEnd: 14, afterEnd: 13 }));
  it('does not count a letter twice', () => expect(changedPart('aa', 'aaa')).toEqual({ start: 2, beforeEnd: 2, afterEnd: 3 }));
});
