// The difference of two texts, as `git apply` and people read it.

/** Line is a line of both texts, or of one. */
export interface Line {
  mark: ' ' | '-' | '+';
  text: string;
}

const context = 3;

/** unifiedDiff gives a patch from one text to another; empty if they are the same. */
export function unifiedDiff(path: string, before: string, after: string): string {
  const lines = compareLines(before, after);
  const hunks = hunksOf(lines);
  if (hunks.length === 0) return '';
  return [`--- a/${path}`, `+++ b/${path}`, ...hunks.flatMap(([from, to]) => hunk(lines, from, to)), ''].join('\n');
}

/** compareLines lists the lines of two texts with what became of them. */
export function compareLines(before: string, after: string): Line[] {
  return compare(split(before), split(after));
}

function split(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

/** compare lists the lines of both texts with what became of them: a longest common subsequence between what they have in common at both ends. */
function compare(before: string[], after: string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const keep = (texts: string[]): Line[] => texts.map((text) => ({ mark: ' ', text }));
  return [
    ...keep(before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...keep(end ? before.slice(-end) : []),
  ];
}

/** comparable bounds the table that a comparison needs: past it, everything counts as replaced. */
const comparable = 16_000_000;

function middle(before: string[], after: string[]): Line[] {
  if (before.length * after.length > comparable) return [...before.map((text) => ({ mark: '-' as const, text })), ...after.map((text) => ({ mark: '+' as const, text }))];
  const common = lengths(before, after);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) lines.push({ mark: ' ', text: before[(i++, j++, i - 1)]! });
    else if (j >= after.length || (i < before.length && common[i + 1]![j]! >= common[i]![j + 1]!)) lines.push({ mark: '-', text: before[i++]! });
    else lines.push({ mark: '+', text: after[j++]! });
  }
  return lines;
}

/** lengths holds at [i][j] how many lines the rests of both texts have in common. */
function lengths(before: string[], after: string[]): Uint32Array[] {
  const table = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      table[i]![j] = before[i] === after[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table;
}

/** hunksOf gives the ranges of lines to show: changes with their context, joined where they touch. */
function hunksOf(lines: Line[]): Array<[from: number, to: number]> {
  const hunks: Array<[number, number]> = [];
  lines.forEach(({ mark }, i) => {
    if (mark === ' ') return;
    const last = hunks.at(-1);
    const to = Math.min(lines.length, i + context + 1);
    if (last && i - context <= last[1]) last[1] = to;
    else hunks.push([Math.max(0, i - context), to]);
  });
  return hunks;
}

function hunk(lines: Line[], from: number, to: number): string[] {
  const count = (those: Line[], mark: '-' | '+'): number => those.filter((line) => line.mark === ' ' || line.mark === mark).length;
  const range = (mark: '-' | '+'): string => {
    const size = count(lines.slice(from, to), mark);
    return `${count(lines.slice(0, from), mark) + (size > 0 ? 1 : 0)},${size}`;
  };
  return [`@@ -${range('-')} +${range('+')} @@`, ...lines.slice(from, to).map(({ mark, text }) => mark + text)];
}
