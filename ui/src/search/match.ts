/** Hit is a dashboard that GET /api/v1/search/dashboards found. */
export interface Hit {
  metadata: { name: string; project: string };
  displayName?: string;
  /** Which text matched, and where in it. */
  original?: string;
  intervals?: Array<{ from: number; to: number }>;
}

/** Piece is a part of a text, marked where it matched. */
export interface Piece {
  text: string;
  marked: boolean;
}

/** pieces cuts a text where the intervals say; `to` is the last character that matched. Texts that are not the one that matched stay whole. */
export function pieces(text: string, hit: Hit): Piece[] {
  if (text !== hit.original || !hit.intervals) return [{ text, marked: false }];
  // The server counts characters, not units of UTF-16.
  const characters = [...text];
  const marked = new Set<number>();
  for (const { from, to } of hit.intervals) for (let i = from; i <= to; i++) marked.add(i);
  return characters.reduce<Piece[]>((list, character, i) => {
    const last = list.at(-1);
    if (last && last.marked === marked.has(i)) last.text += character;
    else list.push({ text: character, marked: marked.has(i) });
    return list;
  }, []);
}

/** projectsLike finds projects by a part of their name: those that begin with it first. */
export function projectsLike<P extends { metadata: { name: string }; spec?: { display?: { name?: string } } }>(projects: P[], query: string, most = 5): P[] {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return [];
  const rank = ({ metadata, spec }: P): number => {
    const texts = [metadata.name, spec?.display?.name ?? ''].map((text) => text.toLowerCase());
    if (texts.some((text) => text.startsWith(wanted))) return 0;
    return texts.some((text) => text.includes(wanted)) ? 1 : 2;
  };
  return projects.filter((project) => rank(project) < 2).sort((a, b) => rank(a) - rank(b)).slice(0, most);
}
