import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link as RouterLink, Outlet, useOutletContext, useParams, useLocation } from 'react-router-dom';

import { query } from '../api/base';
import type { Document, Source } from '../api/delivery';
import type { ApiError } from '../api/request';
import { Ago } from '../kit/ago';
import { Page } from '../kit/page';
import { Empty, Failure, Loading } from '../kit/states';
import { useLive } from './live';
import { sourceLink } from './place';
import { StateSign } from './signs';
import { SourceActions } from './source-actions';
import { reasonOf, SourceBanners } from './source-banners';
import { Counts, SourceFacts, useHistory } from './source-card';
import { useSources } from './sources';
import { StreamLost, StreamSign } from './stream-sign';

const tabs = [
  { tab: '', text: 'Documents' },
  { tab: 'changes', text: 'Changes' },
  { tab: 'history', text: 'History' },
];

interface Shared {
  source: Source;
  documents: UseQueryResult<Document[], ApiError>;
}

/** useSource is the source whose page a tab is on. */
export function useSource(): Source {
  return useOutletContext<Shared>().source;
}

/** useDocuments is what is known of its documents, for the tab of these. */
export function useDocuments(): UseQueryResult<Document[], ApiError> {
  return useOutletContext<Shared>().documents;
}

const tabOf = (pathname: string): string => tabs.find(({ tab }) => tab && pathname.endsWith(`/${tab}`))?.tab ?? '';

export function Component(): ReactElement {
  const name = useParams()['source'] ?? '';
  const { sources, error } = useSources();
  const tab = tabOf(useLocation().pathname);
  // There may be many: they are asked for at once, not when it is known what else there is to say of the source.
  const documents = useLive<Document[]>(tab === '' ? '/api/delivery/v1/documents' + query({ source: name }) : undefined);
  const source = sources?.find((candidate) => candidate.name === name);
  return (
    <Page
      title={name}
      crumbs={[{ to: '/delivery', text: 'Delivery' }]}
      beside={source && <><StateSign state={source.state} /> <StreamSign /></>}
      actions={source && <SourceActions source={source} />}
    >
      <StreamLost />
      {source ? <SourceView source={source} documents={documents} tab={tab} /> : sources ? <Missing name={name} /> : error ? <Failure error={error} /> : <Loading what="The source" />}
    </Page>
  );
}

function Missing({ name }: { name: string }): ReactElement {
  return (
    <Empty title="There is no such source" action={<Link component={RouterLink} to="/delivery">All sources</Link>}>
      No source called {name} is configured, and none of that name left anything.
    </Empty>
  );
}

function SourceView({ source, documents, tab: current }: Shared & { tab: string }): ReactElement {
  const history = useHistory(source);
  const reason = reasonOf(source);
  return (
    <>
      {reason && (
        <Box sx={{ mb: 1.5, overflowWrap: 'anywhere' }}>
          {reason} <Box component="span" sx={{ color: 'text.secondary' }}>(<Ago time={source.since} />)</Box>
        </Box>
      )}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 3, alignItems: 'center', mb: 2 }}>
        <SourceFacts source={source} history={history} />
        <Counts source={source} />
      </Box>
      <SourceBanners source={source} history={history} />
      <Box component="nav" aria-label="Of the source" sx={{ borderBottom: 1, borderColor: 'divider', mt: 1, mb: 2 }}>
        <Tabs value={current} role="presentation" sx={{ minHeight: 40, '& .MuiTab-root': { minHeight: 40 } }}>
          {tabs.map(({ tab, text }) => (
            <Tab key={tab} value={tab} label={text} component={RouterLink} to={sourceLink(source.name, tab)} role="link" tabIndex={0} aria-current={tab === current ? 'page' : undefined} />
          ))}
        </Tabs>
      </Box>
      <Outlet context={{ source, documents } satisfies Shared} />
    </>
  );
}
