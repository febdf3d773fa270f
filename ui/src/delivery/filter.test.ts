import { describe, expect, it } from 'vitest';

import type { Document } from '../api/delivery';
import { countsOf, documentKey, filter, searchable } from './filter';

const documents: Document[] = [
  { source: 's', origin: 'shop/cart.yaml', index: 0, kind: 'Dashboard', project: 'shop', name: 'cart', outcome: 'applied', since: '' },
  { source: 's', origin: 'shop/pay.yaml', index: 0, kind: 'Dashboard', project: 'shop', name: 'pay', outcome: 'invalid', since: '', problems: [{ code: 'value', severity: 'error', message: 'Expected a duration' }] },
  { source: 's', origin: 'broken.yaml', index: 0, outcome: 'invalid', since: '' },
];

describe('filter', () => {
  const names = (outcomes: string[], query: string): string[] => filter(searchable(documents), outcomes, query).map(({ document }) => document.origin);
  it('keeps all for nothing', () => expect(names([], '  ')).toHaveLength(3));
  it('takes any of the outcomes', () => expect(names(['invalid', 'held'], '')).toEqual(['shop/pay.yaml', 'broken.yaml']));
  it('wants every word, wherever it is, in any case', () => expect(names([], 'SHOP duration')).toEqual(['shop/pay.yaml']));
  it('finds a resource as sentences name it', () => expect(names([], 'dashboard shop/cart')).toEqual(['shop/cart.yaml']));
  it('wants both', () => expect(names(['applied'], 'pay')).toEqual([]));
});

describe('documentKey', () => {
  it('stays when the outcome changes, so that an opened row stays open', () => {
    expect(documentKey({ ...documents[0]!, outcome: 'unchanged' })).toBe(documentKey(documents[0]!));
  });
  it('tells what was deleted from what is declared again', () => {
    expect(documentKey({ ...documents[0]!, outcome: 'pruned' })).not.toBe(documentKey(documents[0]!));
  });
});

it('counts by outcome', () => expect(countsOf(documents)).toEqual({ applied: 1, invalid: 2 }));
