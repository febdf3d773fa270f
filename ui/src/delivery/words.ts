// What states and outcomes are called, and what they mean, in one place.

export type Tone = 'good' | 'info' | 'warn' | 'bad' | 'plain';

export interface Word {
  tone: Tone;
  means: string;
}

export const states: Record<string, Word> = {
  syncing: { tone: 'info', means: 'Not read yet' },
  ready: { tone: 'good', means: 'Everything it declares is served' },
  degraded: { tone: 'warn', means: 'Some of what it declares is not valid or could not be read; the last good version of that is served' },
  failing: { tone: 'bad', means: 'It could not be read or applied; what was served before still is' },
  held: { tone: 'warn', means: 'Deletions wait for a confirmation' },
  pinned: { tone: 'info', means: 'Kept at a release' },
  suspended: { tone: 'plain', means: 'Not followed until it is resumed' },
  orphaned: { tone: 'warn', means: 'Gone from the configuration; its resources stay, protected' },
};

export const outcomes: Record<string, Word> = {
  invalid: { tone: 'bad', means: 'Has problems; its last good version is served, if there was one' },
  refused: { tone: 'bad', means: 'Not allowed to be here' },
  held: { tone: 'warn', means: 'Waits for something' },
  shadowed: { tone: 'warn', means: 'Another document of the same name is served' },
  applied: { tone: 'good', means: 'Served, and written by the present revision' },
  unchanged: { tone: 'good', means: 'Served, as an earlier revision wrote it' },
  released: { tone: 'plain', means: 'No longer declared; changed by others, so left and no longer managed' },
  retained: { tone: 'plain', means: 'No longer declared, but still needed, so left' },
  pruned: { tone: 'plain', means: 'No longer declared, so deleted' },
};

/** word finds what is said of a state or outcome; a newer server may have others. */
export function word(words: Record<string, Word>, name: string): Word {
  return words[name] ?? { tone: 'plain', means: '' };
}

/** ordered lists outcomes with how many there are, those that need somebody first. */
export function ordered(counts: Record<string, number> | undefined): Array<[outcome: string, n: number]> {
  const order = Object.keys(outcomes);
  const rank = (outcome: string): number => (order.includes(outcome) ? order.indexOf(outcome) : order.length);
  return Object.entries(counts ?? {})
    .filter(([, n]) => n > 0)
    .sort(([a], [b]) => rank(a) - rank(b));
}

/** many writes a number with the word for one or for several. */
export function many(n: number, one: string, several = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : several}`;
}

/** duration writes seconds as people do. */
export function duration(seconds: number): string {
  return seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`;
}
