import Box from '@mui/material/Box';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';

import { DocumentRow } from './document-row';
import type { Searchable } from './filter';

const rowHeight = 57;

/** DocumentList shows any number of documents in the flow of the page: only rows in sight exist. Arrow keys, Home and End go from row to row. */
export function DocumentList({ rows }: { rows: Searchable[] }): ReactElement {
  const list = useRef<HTMLUListElement>(null);
  const [offset, setOffset] = useState(0);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  useLayoutEffect(() => setOffset(list.current ? list.current.getBoundingClientRect().top + window.scrollY : 0), [rows.length]);
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => rowHeight, overscan: 8, scrollMargin: offset, getItemKey: (i) => rows[i]!.key });
  const toggle = useCallback((key: string) => setOpened((before) => toggled(before, key)), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rowOf(event.target as HTMLElement);
    const next = at === undefined ? undefined : target(event.key, at, rows.length - 1);
    if (next === undefined) return;
    event.preventDefault();
    virtual.scrollToIndex(next);
    focusRow(list.current, next);
  };
  return (
    <Box component="ul" ref={list} aria-label="Documents" onKeyDown={onKeyDown} sx={{ listStyle: 'none', m: 0, p: 0, position: 'relative', borderTop: 1, borderColor: 'divider' }} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ key, index, start }) => (
        <li key={key} ref={virtual.measureElement} data-index={index} aria-setsize={rows.length} aria-posinset={index + 1} style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${start - offset}px)` }}>
          <DocumentRow document={rows[index]!.document} id={rows[index]!.key} open={opened.has(rows[index]!.key)} toggle={toggle} />
        </li>
      ))}
    </Box>
  );
}

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
