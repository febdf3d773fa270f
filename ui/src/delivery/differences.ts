import type { FieldChange } from '../api/delivery';

/** differences lists the fields in which two documents differ, in the order of the first: nothing for equal ones. Values are JSON texts. */
export function differences(before: unknown, after: unknown): FieldChange[] {
  const out: FieldChange[] = [];
  compare('', before, after, out);
  return out;
}

function compare(path: string, a: unknown, b: unknown, out: FieldChange[]): void {
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) compare(member(path, key), a[key], b[key], out);
  } else if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.max(a.length, b.length); i++) compare(`${path}[${i}]`, a[i], b[i], out);
  } else if (!equal(a, b)) {
    out.push({ path, ...text('before', a), ...text('after', b) });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** equal compares what is not of the same shape, or has none; the order of fields does not matter. */
function equal(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

function text<K extends 'before' | 'after'>(name: K, value: unknown): { [P in K]?: string } {
  return (value === undefined ? {} : { [name]: JSON.stringify(value) }) as { [P in K]?: string };
}

/** member writes a path as problems do: names that are not plain words are quoted in brackets. */
function member(path: string, name: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path ? `${path}.${name}` : name;
}
