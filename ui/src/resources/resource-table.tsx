import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useDeferredValue, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';

import type { Owner } from '../api/delivery';
import type { Kind } from '../api/resource';
import { Ago } from '../kit/ago';
import { Managed } from '../kit/managed';
import { Empty, Failure, Loading } from '../kit/states';
import { aboveRow, Table, wholeRow, type Column } from '../kit/table';
import { useManaged } from './managed';
import { RowMenu } from './row-menu';
import { filtered, useRows, type Row } from './rows';

interface ResourceTableProps {
  kind: Kind;
  project?: string;
  /** Where a click on a resource leads. */
  to: (row: Row) => string;
  /** What offers to make a new one. */
  create?: ReactNode;
  /** What such resources are for: shown where there is none. */
  purpose: string;
}

/** ResourceTable lists the resources of a kind, any number of them, with who manages them and what can be done with each. */
export function ResourceTable({ kind, project, to, create, purpose }: ResourceTableProps): ReactElement {
  const { rows, error, retry } = useRows(kind, project);
  const managed = useManaged(kind, project);
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text);
  const shown = useMemo(() => filtered(rows ?? [], wanted), [rows, wanted]);
  if (error) return <Failure error={error} retry={retry} />;
  if (!rows) return <Loading what={kind.many} />;
  if (rows.length === 0) {
    return (
      <Empty title={`No ${kind.many} yet`} action={create}>
        {purpose}
      </Empty>
    );
  }
  return (
    <>
      <Stack direction="row" sx={{ gap: 1.5, mb: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
        <TextField placeholder="Filter" value={text} onChange={(event) => setText(event.target.value)} slotProps={{ htmlInput: { 'aria-label': `Filter ${kind.many}` } }} sx={{ width: { xs: '100%', sm: 280 } }} />
        <Typography role="status" color="text.secondary" variant="body2">
          {wanted ? `${shown.length} of ${rows.length}` : rows.length} {rows.length === 1 ? kind.one : kind.many}
        </Typography>
        <Box sx={{ flexGrow: 1 }} />
        {create}
      </Stack>
      <Table label={kind.many} rows={shown} rowKey={(row) => `${row.metadata.project ?? ''}/${row.metadata.name}`} columns={columns({ kind, to, managed, withPlugin: rows.some((row) => row.plugin) })} />
    </>
  );
}

interface Plan {
  kind: Kind;
  to: (row: Row) => string;
  managed: Map<string, Owner>;
  withPlugin: boolean;
}

function columns({ kind, to, managed, withPlugin }: Plan): Array<Column<Row>> {
  const plugin: Column<Row> = { key: 'plugin', header: 'Kind', width: 'minmax(0, 1fr)', wide: true, cell: (row) => row.plugin };
  return [
    { key: 'title', header: 'Name', width: 'minmax(0, 2fr)', cell: (row) => <Title row={row} to={to(row)} /> },
    ...(withPlugin ? [plugin] : []),
    { key: 'managed', header: 'Managed by', width: 'minmax(0, 1.4fr)', wide: true, cell: (row) => <Owned owner={managed.get(row.metadata.name)} /> },
    { key: 'updated', header: 'Updated', width: '120px', wide: true, cell: (row) => <Ago time={row.metadata.updatedAt} /> },
    { key: 'menu', header: '', width: '44px', cell: (row) => <RowMenu kind={kind} row={row} owner={managed.get(row.metadata.name)} /> },
  ];
}

function Title({ row, to }: { row: Row; to: string }): ReactElement {
  const { name, tags } = row.metadata;
  return (
    <Box sx={{ py: 0.5 }}>
      <Link component={RouterLink} to={to} color="text.primary" sx={{ fontWeight: 700, ...wholeRow }}>
        {row.title}
      </Link>
      {row.title !== name && (
        <Box component="span" sx={{ ml: 1, color: 'text.secondary', fontSize: '0.75rem', display: { xs: 'none', sm: 'inline' } }}>
          {name}
        </Box>
      )}
      {tags?.map((tag) => <Chip key={tag} label={tag} size="small" variant="outlined" sx={{ ml: 0.75, height: 20, display: { xs: 'none', sm: 'inline-flex' } }} />)}
    </Box>
  );
}

function Owned({ owner }: { owner: Owner | undefined }): ReactElement | null {
  if (!owner) return null;
  return (
    <Box sx={{ ...aboveRow, display: 'inline-block', maxWidth: '100%' }}>
      <Managed owner={owner} short />
    </Box>
  );
}
