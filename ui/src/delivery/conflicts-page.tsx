import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import { useMemo, type ReactElement } from 'react';
import { Link as RouterLink } from 'react-router-dom';

import type { Document } from '../api/delivery';
import { Ago } from '../kit/ago';
import { Page } from '../kit/page';
import { Answered, Empty } from '../kit/states';
import { Table, type Column } from '../kit/table';
import { useLive } from './live';
import { identityText, resourceLink, sourceLink } from './place';
import { OutcomeSign } from './signs';
import { StreamLost, StreamSign } from './stream-sign';
import { many } from './words';

export function Component(): ReactElement {
  const answer = useLive<Document[]>('/api/delivery/v1/documents?outcome=shadowed,refused');
  return (
    <Page title="Conflicts" crumbs={[{ to: '/delivery', text: 'Delivery' }]} beside={<StreamSign />}>
      <StreamLost />
      <Box sx={{ mb: 2, maxWidth: 720, color: 'text.secondary' }}>
        Documents that are declared and not served, because another document of the same name is, or because they are not allowed to be where they are. They take over by themselves once the
        reason is gone.
      </Box>
      <Answered of={answer} what="Conflicts">
        {(documents) => (documents.length > 0 ? <Conflicts documents={documents} /> : <Empty title="No conflicts">Every resource is declared once, where it may be.</Empty>)}
      </Answered>
    </Page>
  );
}

const columns: Array<Column<Document>> = [
  { key: 'resource', header: 'Resource', width: 'minmax(0, 1.2fr)', cell: (document) => <Resource document={document} /> },
  { key: 'outcome', header: 'Outcome', width: '110px', cell: ({ outcome }) => <OutcomeSign outcome={outcome} /> },
  { key: 'instead', header: 'Served instead, or why not', width: 'minmax(0, 1.4fr)', cell: (document) => <Reason document={document} />, wide: true },
  { key: 'since', header: 'Since', width: '110px', cell: ({ since }) => <Ago time={since} />, wide: true },
];

function Conflicts({ documents }: { documents: Document[] }): ReactElement {
  const rows = useMemo(() => [...documents].sort((a, b) => identity(a).localeCompare(identity(b))), [documents]);
  return (
    <>
      <Box role="status" sx={{ color: 'text.secondary', fontSize: '0.75rem', mb: 1 }}>
        {many(rows.length, 'document')}
      </Box>
      <Table label="Conflicts" columns={columns} rows={rows} rowKey={({ source, origin, index }) => `${source}\n${origin}\n${index}`} rowHeight={64} />
    </>
  );
}

function identity({ kind = '', project, name = '' }: Document): string {
  return identityText({ kind, project, name });
}

function Resource({ document }: { document: Document }): ReactElement {
  const { kind, project, name, source, origin } = document;
  return (
    <Box sx={{ py: 1, overflowWrap: 'anywhere' }}>
      {kind && name ? (
        <Link component={RouterLink} to={resourceLink({ kind, project, name })} sx={{ fontWeight: 700 }}>
          {identity(document)}
        </Link>
      ) : (
        <b>Document without a name</b>
      )}
      <Box sx={{ color: 'text.secondary', fontSize: '0.75rem' }}>
        {origin}, of{' '}
        <Link component={RouterLink} to={sourceLink(source)} color="inherit">
          {source}
        </Link>
      </Box>
      <Box sx={{ display: { md: 'none' }, mt: 0.5 }}>
        {document.winner && <Box sx={{ color: 'text.secondary', fontSize: '0.75rem', mb: -1 }}>Served instead</Box>}
        <Reason document={document} />
      </Box>
    </Box>
  );
}

function Reason({ document: { winner, problems = [], awaits } }: { document: Document }): ReactElement {
  if (winner) return <Box sx={{ py: 1, overflowWrap: 'anywhere' }}>{winner}</Box>;
  return <Box sx={{ py: 1, overflowWrap: 'anywhere' }}>{problems[0]?.message ?? awaits}</Box>;
}
