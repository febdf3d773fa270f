/** basePath is the api_prefix that the server wrote into the page: empty, or with a leading and without a trailing slash. */
export const basePath: string = typeof document === 'undefined' ? '' : new URL(document.baseURI).pathname.replace(/\/[^/]*$/, '');

/** path puts segments together, each encoded: path`/api/v1/projects/${name}`. */
export function path(texts: TemplateStringsArray, ...segments: Array<string | number>): string {
  return texts.reduce((sum, text, i) => sum + text + (i < segments.length ? encodeURIComponent(segments[i]!) : ''), '');
}

/** query makes a query string, with its question mark, of what is neither undefined nor empty. */
export function query(parameters: Record<string, string | number | boolean | undefined>): string {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '' && value !== false) q.set(name, String(value));
  }
  const text = q.toString();
  return text && `?${text}`;
}
