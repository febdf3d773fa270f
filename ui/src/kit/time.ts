const steps: Array<[limit: number, unit: Intl.RelativeTimeFormatUnit, seconds: number]> = [
  [60, 'second', 1],
  [3600, 'minute', 60],
  [86_400, 'hour', 3600],
  [86_400 * 30, 'day', 86_400],
  [86_400 * 365, 'month', 86_400 * 30],
  [Infinity, 'year', 86_400 * 365],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** ago says how long ago a time was: "5 minutes ago". A time that is not known is empty. */
export function ago(time: string | undefined, now = Date.now()): string {
  if (!time || time.startsWith('0001-')) return '';
  const seconds = Math.round((new Date(time).getTime() - now) / 1000);
  const [, unit, size] = steps.find(([limit]) => Math.abs(seconds) < limit)!;
  return relative.format(Math.trunc(seconds / size), unit);
}

/** moment is the same time as the reader's clock has it, for titles. */
export function moment(time: string | undefined): string {
  return time && !time.startsWith('0001-') ? new Date(time).toLocaleString() : '';
}
