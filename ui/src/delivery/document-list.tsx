import Box from '@mui/material/Box';
import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { memo, useCallback, useDeferredValue, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';

import { DocumentRow, rowHeight, rowStyles } from './document-row';
import type { Searchable } from './filter';
import { OutcomeIcons } from './signs';

const listStyle = { listStyle: 'none', m: 0, p: 0, position: 'relative', borderTop: 1, borderColor: 'divider', ...rowStyles };

/**
 * DocumentList shows any number of documents of the source at a location in the flow of the page: only rows in sight exist.
 * Arrow keys, Home and End go from row to row.
 */
export function DocumentList({ rows, location }: { rows: Searchable[]; location: string }): ReactElement {
  const list = useRef<HTMLUListElement>(null);
  const [offset, setOffset] = useState(0);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  useLayoutEffect(() => setOffset(list.current ? list.current.getBoundingClientRect().top + window.scrollY : 0), [rows.length]);
  // Another function each time would have the places of all rows reckoned anew.
  const getItemKey = useCallback((i: number) => rows[i]!.key, [rows]);
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: closedHeight, overscan: 4, scrollMargin: offset, getItemKey });
  const toggle = useCallback((key: string) => setOpened((before) => toggled(before, key)), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rowOf(event.target as HTMLElement);
    const next = at === undefined ? undefined : target(event.key, at, rows.length - 1);
    if (next === undefined) return;
    event.preventDefault();
    virtual.scrollToIndex(next);
    focusRow(list.current, next);
  };
  const items = virtual.getVirtualItems();
  const inSight = useMemo(() => items.map((item) => ({ item, row: rows[item.index]! })), [items, rows]);
  // Scrolling goes on while rows are being made: whoever scrolls faster than that sees them a moment later.
  const late = useDeferredValue(inSight);
  return (
    <>
      <OutcomeIcons />
      <Box component="ul" ref={list} aria-label="Documents" onKeyDown={onKeyDown} sx={listStyle} style={{ height: virtual.getTotalSize() }}>
        <Rows rows={late} total={rows.length} offset={offset} opened={opened} toggle={toggle} location={location} measure={virtual.measureElement} />
      </Box>
    </>
  );
}

interface RowsProps {
  rows: Array<{ item: VirtualItem; row: Searchable }>;
  total: number;
  offset: number;
  opened: ReadonlySet<string>;
  toggle: (key: string) => void;
  location: string;
  measure: (element: Element | null) => void;
}

const Rows = memo(function Rows({ rows, total, offset, opened, toggle, location, measure }: RowsProps): ReactElement {
  return (
    <>
      {rows.map(({ item: { key, index, start, size }, row }) => {
        const open = opened.has(row.key);
        // To measure a row costs more than to draw it. Closed ones are as high as they say, but for those that were open.
        const measured = open || size !== closedHeight();
        return (
          <li key={key} ref={measured ? measure : undefined} data-index={index} aria-setsize={total} aria-posinset={index + 1} style={{ transform: `translateY(${start - offset}px)` }}>
            <DocumentRow document={row.document} id={row.key} open={open} toggle={toggle} location={location} />
          </li>
        );
      })}
    </>
  );
});

function closedHeight(): number {
  return rowHeight * rem;
}

const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** rowOf is the row whose button has the focus; keys elsewhere in an opened row are its own. */
function rowOf(element: HTMLElement): number | undefined {
  const index = element.matches('button[data-row]') ? element.closest('li')?.dataset['index'] : undefined;
  return index === undefined ? undefined : Number(index);
}

function target(key: string, at: number, last: number): number | undefined {
  const places: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last, PageDown: at + 10, PageUp: at - 10 };
  const place = places[key];
  return place === undefined ? undefined : Math.min(last, Math.max(0, place));
}

/** focusRow waits until the row exists: it may have to be scrolled to first. */
function focusRow(list: HTMLElement | null, index: number, attempts = 10): void {
  const button = list?.querySelector<HTMLElement>(`li[data-index="${index}"] button[data-row]`);
  if (button) button.focus({ preventScroll: true });
  else if (attempts > 0) requestAnimationFrame(() => focusRow(list, index, attempts - 1));
}
