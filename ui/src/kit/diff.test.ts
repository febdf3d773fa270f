import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { unifiedDiff } from './diff';

const numbers = (n: number): string[] => Array.from({ length: n }, (_, i) => `line ${i}`);

/** apply lets git, which is what people have, judge a patch. */
function apply(before: string, patch: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'patch-'));
  try {
    writeFileSync(join(dir, 'file.yaml'), before);
    writeFileSync(join(dir, 'change.patch'), patch);
    execFileSync('git', ['apply', 'change.patch'], { cwd: dir });
    return readFileSync(join(dir, 'file.yaml'), 'utf8');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe('unifiedDiff', () => {
  it('says nothing of equal texts', () => {
    expect(unifiedDiff('file.yaml', 'a\nb\n', 'a\nb\n')).toBe('');
  });

  it('shows a change with three lines around it', () => {
    const before = numbers(9);
    const after = before.with(4, 'new');
    expect(unifiedDiff('file.yaml', before.join('\n'), after.join('\n'))).toBe(
      ['--- a/file.yaml', '+++ b/file.yaml', '@@ -2,7 +2,7 @@', ' line 1', ' line 2', ' line 3', '-line 4', '+new', ' line 5', ' line 6', ' line 7', ''].join('\n'),
    );
  });

  const cases: Record<string, (lines: string[]) => string[]> = {
    'a change at the start': (lines) => ['new', ...lines.slice(1)],
    'a change at the end': (lines) => [...lines.slice(0, -1), 'new'],
    'an insertion': (lines) => lines.toSpliced(5, 0, 'x', 'y'),
    'a deletion': (lines) => lines.toSpliced(5, 7),
    'two changes far apart': (lines) => lines.with(2, 'x').with(30, 'y'),
    'two changes whose context touches': (lines) => lines.with(10, 'x').with(17, 'y'),
    'a move': (lines) => [...lines.slice(20), ...lines.slice(0, 20)],
    'everything else': () => ['other'],
  };
  for (const [name, change] of Object.entries(cases)) {
    it(`gives git a patch for ${name}`, () => {
      const before = numbers(40);
      const [a, b] = [`${before.join('\n')}\n`, `${change(before).join('\n')}\n`];
      expect(apply(a, unifiedDiff('file.yaml', a, b))).toBe(b);
    });
  }
});
