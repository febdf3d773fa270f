import type { Run } from '../api/delivery';

/** A Bar is one run as the time line draws it: parts from the bottom up, in shares of the height. */
export interface Bar {
  run: Run;
  total: number;
  parts: Array<{ action: string; share: number }>;
}

const order = ['created', 'updated', 'deleted', 'released', 'retained'];

/** barsOf makes the bars of the last runs, which come newest first; the oldest is drawn first. One change can be seen beside thousands. */
export function barsOf(runs: Run[], most: number): Bar[] {
  const shown = runs.slice(0, most).reverse();
  const totals = shown.map(totalOf);
  const highest = Math.max(1, ...totals);
  return shown.map((run, i) => {
    const total = totals[i]!;
    const height = 0.15 + 0.85 * (Math.log1p(total) / Math.log1p(highest));
    return { run, total, parts: partsOf(run, total, height) };
  });
}

export function totalOf({ changes }: Run): number {
  return Object.values(changes).reduce((sum, n) => sum + n, 0);
}

function partsOf({ changes }: Run, total: number, height: number): Bar['parts'] {
  return order.filter((action) => changes[action]).map((action) => ({ action, share: (height * changes[action]!) / total }));
}

/** changesText is what a run did in words: "3 updated, 1 deleted". */
export function changesText(changes: Record<string, number> | undefined): string {
  const known = order.filter((action) => changes?.[action]);
  return known.map((action) => `${changes![action]!.toLocaleString('en')} ${action}`).join(', ') || 'nothing changed';
}
