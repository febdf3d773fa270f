/** Named is what has a name and mentions others. */
interface Named {
  name: string;
  /** Where variables are mentioned: a spec. */
  text: unknown;
}

/** used gives the names of those variables that something mentions, itself or by way of variables that it mentions. */
export function used(variables: Named[], by: unknown): Set<string> {
  const texts = new Map(variables.map(({ name, text }) => [name, JSON.stringify(text)]));
  const found = new Set<string>();
  const look = (text: string): void => {
    for (const [name, inside] of texts) {
      if (found.has(name) || !mentions(text, name)) continue;
      found.add(name);
      look(inside);
    }
  };
  look(JSON.stringify(by) ?? '');
  return found;
}

/** mentions finds $name, ${name} and ${name:format}. */
function mentions(text: string, name: string): boolean {
  const escaped = name.replace(/[^\w]/g, '\\$&');
  return new RegExp(`\\$(?:${escaped}(?!\\w)|\\{${escaped}[}:])`).test(text);
}
