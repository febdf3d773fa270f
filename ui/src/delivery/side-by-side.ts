import { compareLines } from '../kit/diff';

/** Side is a line of one of the texts. */
export interface Side {
  number: number;
  text: string;
}

/** Row is a line of both, or of one of them; the same says that they are equal. */
export interface Row {
  before?: Side;
  after?: Side;
  same: boolean;
}

/** Stretch is rows to show, or so many equal ones to leave out. */
export type Stretch = { rows: Row[]; folded: boolean };

const around = 3;

/** sideBySide aligns two texts: lines that were replaced stand beside those that replaced them. */
export function sideBySide(before: string, after: string): Row[] {
  const rows: Row[] = [];
  let left: Side[] = [];
  let right: Side[] = [];
  let [a, b] = [0, 0];
  const flush = (): void => {
    for (let i = 0; i < Math.max(left.length, right.length); i++) rows.push({ ...pick('before', left[i]), ...pick('after', right[i]), same: false });
    [left, right] = [[], []];
  };
  for (const { mark, text } of compareLines(before, after)) {
    if (mark === '-') left.push({ number: ++a, text });
    else if (mark === '+') right.push({ number: ++b, text });
    else {
      flush();
      rows.push({ before: { number: ++a, text }, after: { number: ++b, text }, same: true });
    }
  }
  flush();
  return rows;
}

function pick<K extends 'before' | 'after'>(name: K, side: Side | undefined): { [P in K]?: Side } {
  return (side ? { [name]: side } : {}) as { [P in K]?: Side };
}

/** stretches folds equal rows that are far from any difference. */
export function stretches(rows: Row[]): Stretch[] {
  const near = new Uint8Array(rows.length);
  rows.forEach(({ same }, i) => {
    if (!same) near.fill(1, Math.max(0, i - around), i + around + 1);
  });
  const out: Stretch[] = [];
  rows.forEach((row, i) => {
    const folded = !near[i];
    const last = out.at(-1);
    if (last && last.folded === folded) last.rows.push(row);
    else out.push({ rows: [row], folded });
  });
  // To fold a line or two saves nothing.
  return out.map((stretch) => (stretch.folded && stretch.rows.length <= 2 ? { ...stretch, folded: false } : stretch));
}

/** changedPart finds what differs in two lines: where it starts in both, and where it ends in each. */
export function changedPart(before: string, after: string): { start: number; beforeEnd: number; afterEnd: number } {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { start, beforeEnd: before.length - end, afterEnd: after.length - end };
}
