// What a browser remembers between visits. It may refuse to, or hold what another version wrote: neither is worth a broken page.

const prefix = 'perseid.';

/** remembered gives what was remembered under a name, or what is usual. */
export function remembered<T>(name: string, usual: T): T {
  try {
    const text = localStorage.getItem(prefix + name);
    return text === null ? usual : (JSON.parse(text) as T);
  } catch {
    return usual;
  }
}

/** remember keeps a value; null forgets it. */
export function remember(name: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // Private windows and full disks.
  }
}
