import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import TextField from '@mui/material/TextField';
import { useDeferredValue, useMemo, type ReactElement } from 'react';
import { useSearchParams } from 'react-router-dom';

import { query } from '../api/base';
import type { Document } from '../api/delivery';
import { Answered, Empty } from '../kit/states';
import { DocumentList } from './document-list';
import { countsOf, filter, searchable } from './filter';
import { OutcomeSign } from './signs';
import { useDocuments, useSource } from './source-page';
import { many, ordered } from './words';

export function Component(): ReactElement {
  return (
    <Answered of={useDocuments()} what="Documents">
      {(documents) => (documents.length > 0 ? <Documents documents={documents} /> : <NoDocuments />)}
    </Answered>
  );
}

function NoDocuments(): ReactElement {
  const { state, lastSuccess } = useSource();
  if (!lastSuccess && (state === 'failing' || state === 'syncing')) return <Empty title="Not read yet">Nothing is known of its documents before the source could be read once.</Empty>;
  return <Empty title="No documents">The source holds no file that declares a resource, or none that you may read.</Empty>;
}

/** useFilter keeps the filter in the URL, so that it can be shared and comes back with the back button. */
function useFilter(): { outcomes: string[]; text: string; change: (next: { outcomes?: string[]; text?: string }) => void } {
  const [parameters, setParameters] = useSearchParams();
  const outcomes = (parameters.get('outcome') ?? '').split(',').filter(Boolean);
  const text = parameters.get('q') ?? '';
  const change = (next: { outcomes?: string[]; text?: string }): void => {
    const all = { outcomes, text, ...next };
    setParameters(new URLSearchParams(query({ outcome: all.outcomes.join(','), q: all.text })), { replace: true, preventScrollReset: true });
  };
  return { outcomes, text, change };
}

function Documents({ documents }: { documents: Document[] }): ReactElement {
  const { location } = useSource();
  const { outcomes, text, change } = useFilter();
  const rows = useMemo(() => searchable(documents), [documents]);
  const counts = useMemo(() => ordered(countsOf(documents)), [documents]);
  const late = useDeferredValue(text);
  const key = outcomes.join();
  const shown = useMemo(() => filter(rows, key ? key.split(',') : [], late), [rows, key, late]);
  const toggle = (outcome: string): void => change({ outcomes: outcomes.includes(outcome) ? outcomes.filter((o) => o !== outcome) : [...outcomes, outcome] });
  return (
    <>
      <Box role="search" sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center', mb: 1.5 }}>
        <TextField
          size="small"
          type="search"
          placeholder="Filter by name, file or problem"
          value={text}
          onChange={(event) => change({ text: event.target.value })}
          inputProps={{ 'aria-label': 'Filter documents' }}
          sx={{ width: { xs: '100%', sm: 300 } }}
        />
        {counts.map(([outcome, n]) => (
          <Chip
            key={outcome}
            label={<OutcomeSign outcome={outcome} n={n} />}
            variant={outcomes.includes(outcome) ? 'filled' : 'outlined'}
            onClick={() => toggle(outcome)}
            aria-pressed={outcomes.includes(outcome)}
          />
        ))}
      </Box>
      <Box role="status" sx={{ color: 'text.secondary', fontSize: '0.75rem', mb: 1 }}>
        {shown.length === rows.length ? many(rows.length, 'document') : `${shown.length.toLocaleString('en')} of ${many(rows.length, 'document')}`}
      </Box>
      {shown.length > 0 ? <DocumentList rows={shown} location={location} /> : <Empty title="None match">No document has these outcomes and words.</Empty>}
    </>
  );
}
