import Box from '@mui/material/Box';
import type { SxProps, Theme } from '@mui/material/styles';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';

export interface Column<Row> {
  key: string;
  header: string;
  /** A track of CSS grid: '1fr', '120px', 'minmax(0, 2fr)'. */
  width: string;
  cell: (row: Row) => ReactNode;
  /** Left out on narrow screens. */
  wide?: boolean;
  align?: 'end';
}

interface TableProps<Row> {
  /** What it lists, for those who do not see it. */
  label: string;
  columns: Array<Column<Row>>;
  rows: Row[];
  rowKey: (row: Row) => string;
  /** Height of a row in pixels; rows of other heights are measured. */
  rowHeight?: number;
}

/**
 * Table shows any number of rows in the flow of the page: only those in sight exist. A link in a cell with `sx={wholeRow}` is
 * hit by a click anywhere in its row; what else can be clicked in the row needs `sx={aboveRow}`.
 */
export function Table<Row>({ label, columns, rows, rowKey, rowHeight = 44 }: TableProps<Row>): ReactElement {
  const body = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(body.current ? body.current.getBoundingClientRect().top + window.scrollY : 0), [rows.length]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (i) => rowKey(rows[i]!),
  });
  return (
    <Box role="table" aria-label={label} aria-rowcount={rows.length + 1} sx={tableStyle(columns)}>
      <div role="row" className="head" aria-rowindex={1}>
        {columns.map((column) => (
          <Cell key={column.key} role="columnheader" column={column}>
            {column.header}
          </Cell>
        ))}
      </div>
      <div ref={body} role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ key, index, start }) => (
          <div
            role="row"
            className="body"
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            aria-rowindex={index + 2}
            style={{ minHeight: rowHeight, transform: `translateY(${start - offset}px)` }}
          >
            {columns.map((column) => (
              <Cell key={column.key} role="cell" column={column}>
                {column.cell(rows[index]!)}
              </Cell>
            ))}
          </div>
        ))}
      </div>
    </Box>
  );
}

function Cell<Row>({ role, column, children }: { role: string; column: Column<Row>; children: ReactNode }): ReactElement {
  const className = [column.wide && 'wide', column.align].filter(Boolean).join(' ');
  return (
    <div role={role} className={className}>
      {children}
    </div>
  );
}

function tableStyle<Row>(columns: Array<Column<Row>>): SxProps<Theme> {
  const tracks = (those: Array<Column<Row>>): string => those.map((column) => column.width).join(' ');
  return {
    '& [role=row]': {
      display: 'grid',
      alignItems: 'center',
      columnGap: 2,
      px: 1,
      gridTemplateColumns: { xs: tracks(columns.filter((column) => !column.wide)), md: tracks(columns) },
    },
    '& .head': { minHeight: 36, borderBottom: 1, borderColor: 'divider', color: 'text.secondary', fontSize: '0.75rem', fontWeight: 700 },
    '& .body': { position: 'absolute', top: 0, left: 0, right: 0, borderBottom: 1, borderColor: 'divider' },
    '& .body:hover': { backgroundColor: 'action.hover' },
    '& .body > *': { minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' },
    '& .wide': { display: { xs: 'none', md: 'block' } },
    '& .end': { textAlign: 'right' },
  };
}

export const wholeRow = { '&::after': { content: '""', position: 'absolute', inset: 0 } } as const;
export const aboveRow = { position: 'relative', zIndex: 1 } as const;
