// What the editor changed, put into what is stored. The editor of Perses rebuilds a dashboard out of the fields it knows: what it does not know, such
// as links, annotations or fields of a newer version, would be lost with each save. So a save compares what the editor showed at first with
// what it shows now, and makes those changes in the stored document.

type Json = unknown;
type JsonObject = Record<string, Json>;

/** merge gives `stored` with the changes made that lead from `before` to `after`. All are JSON; fields that are undefined count as absent. */
export function merge<T>(stored: T, before: unknown, after: unknown): T {
  return merged(stored, plain(before), plain(after)) as T;
}

/** plain is a value as JSON would carry it. */
function plain(value: unknown): Json {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function merged(stored: Json, before: Json, after: Json): Json {
  if (same(before, after)) return stored;
  if (isObject(stored) && isObject(before) && isObject(after)) return mergedObject(stored, before, after);
  if (Array.isArray(stored) && Array.isArray(before) && Array.isArray(after) && stored.length === before.length) {
    return mergedArray(stored, before, after);
  }
  return after;
}

function mergedObject(stored: JsonObject, before: JsonObject, after: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const key of Object.keys({ ...stored, ...after })) {
    const inEditor = key in before || key in after;
    const value = inEditor ? merged(stored[key], before[key], after[key]) : stored[key];
    if (value !== undefined) result[key] = value;
  }
  return result;
}

/** mergedArray finds for each element of `after` the one of `before` it came from, and with it the stored one. */
function mergedArray(stored: Json[], before: Json[], after: Json[]): Json[] {
  const origins = origin(before, after);
  return after.map((element, i) => (origins[i] === undefined ? element : merged(stored[origins[i]], before[origins[i]], element)));
}

/** origin says for each element of `after` which element of `before` it was: the equal one, or else the one of the same identity, or else of the same place. */
function origin(before: Json[], after: Json[]): Array<number | undefined> {
  const free = new Set(before.keys());
  const found: Array<number | undefined> = after.map(() => undefined);
  const settle = (matches: (b: Json, a: Json, bi: number, ai: number) => boolean): void => {
    after.forEach((a, ai) => {
      if (found[ai] !== undefined) return;
      const bi = [...free].find((i) => matches(before[i], a, i, ai));
      if (bi === undefined) return;
      found[ai] = bi;
      free.delete(bi);
    });
  };
  settle(same);
  settle((b, a) => identity(b) !== undefined && identity(b) === identity(a));
  settle((b, a) => shared(b, a));
  // A variable that was renamed is in its place; another panel in the same place is another panel.
  if (before.length === after.length) settle((b, a, bi, ai) => bi === ai && isObject(b) && isObject(a) && !('content' in a));
  return found;
}

/** identity names an element of a list of a dashboard: a variable, a query or a link by its name, a place on a grid by its panel, a group by its title. */
function identity(element: Json): string | undefined {
  if (!isObject(element)) return undefined;
  const spec = isObject(element['spec']) ? element['spec'] : {};
  const content = isObject(element['content']) ? element['content'] : {};
  const display = isObject(spec['display']) ? spec['display'] : {};
  const name = element['name'] ?? spec['name'] ?? content['$ref'] ?? display['title'] ?? display['name'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** shared says whether two groups have a panel in common: a group that was renamed is still the same. */
function shared(b: Json, a: Json): boolean {
  const panels = panelsOf(b);
  return panels.length > 0 && panelsOf(a).some((panel) => panels.includes(panel));
}

function panelsOf(group: Json): Json[] {
  const items = isObject(group) && isObject(group['spec']) ? group['spec']['items'] : undefined;
  return Array.isArray(items) ? items.map((item) => (isObject(item) && isObject(item['content']) ? item['content']['$ref'] : undefined)) : [];
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** same compares JSON, whatever the order of fields. */
export function same(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, i) => same(value, b[i]));
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
