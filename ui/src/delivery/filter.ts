import type { Document } from '../api/delivery';
import { identityText } from './place';

/** Searchable is a document with what is reckoned from it once. */
export interface Searchable {
  document: Document;
  key: string;
  /** What a filter looks into: most lists are never filtered, so that it is there once somebody does. */
  text?: string;
}

/** searchable prepares documents for filter. */
export function searchable(documents: Document[]): Searchable[] {
  return documents.map((document) => ({ document, key: documentKey(document) }));
}

/** documentKey tells the rows of one source apart. */
export function documentKey({ origin, index, kind = '', project = '', name = '', outcome }: Document): string {
  const gone = outcome === 'pruned' || outcome === 'released' || outcome === 'retained' ? outcome : '';
  return [origin, index, kind, project, name, gone].join('\n');
}

function textOf({ kind = '', project, name = '', origin, problems = [], awaits = '' }: Document): string {
  return [identityText({ kind, project, name }), origin, awaits, ...problems.map(({ message }) => message)].join('\n').toLowerCase();
}

/** filter keeps those with one of the outcomes, none meaning any, whose text has every word of the query. */
export function filter(documents: Searchable[], outcomes: string[], query: string): Searchable[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && outcomes.length === 0) return documents;
  const wanted = new Set(outcomes);
  const says = (one: Searchable, word: string): boolean => (one.text ??= textOf(one.document)).includes(word);
  return documents.filter((one) => (wanted.size === 0 || wanted.has(one.document.outcome)) && words.every((word) => says(one, word)));
}

/** countsOf counts documents by outcome. */
export function countsOf(documents: Document[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of documents) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
