import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { ReactElement } from 'react';
import { Link as RouterLink } from 'react-router-dom';

import type { History, Source } from '../api/delivery';
import { Ago } from '../kit/ago';
import { Facts } from './facts';
import { useLive } from './live';
import { documentsLink, sourceLink, sourcePath } from './place';
import { releaseName } from './release-list';
import { RunBars } from './run-bars';
import { OutcomeSign, StateSign } from './signs';
import { reasonOf, SourceBanners } from './source-banners';
import { ordered } from './words';

/** SourceCard is one source of the list. */
export function SourceCard({ source }: { source: Source }): ReactElement {
  const { name, state, location, kind } = source;
  const reason = reasonOf(source);
  const history = useHistory(source);
  return (
    <Box component="li" sx={{ border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper', p: { xs: 2, sm: 2.5 } }}>
      <Stack direction="row" sx={{ alignItems: 'center', gap: 1.5, flexWrap: 'wrap', mb: 0.5 }}>
        <Typography variant="h3" component="h2" sx={{ overflowWrap: 'anywhere' }}>
          <Link component={RouterLink} to={sourceLink(name)}>
            {name}
          </Link>
        </Typography>
        <StateSign state={state} />
        <Box sx={{ color: 'text.secondary' }}>
          <Ago time={source.since} />
        </Box>
      </Stack>
      {(kind || location) && !name.endsWith(location) && (
        <Box sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
          {kind} {location}
        </Box>
      )}
      {reason && <Box sx={{ mt: 0.5, overflowWrap: 'anywhere' }}>{reason}</Box>}
      <Box sx={{ mt: 1.5, display: 'grid', gap: 2, alignItems: 'center', gridTemplateColumns: { xs: '1fr', md: 'minmax(0, 1.2fr) minmax(0, 1fr) auto' } }}>
        <SourceFacts source={source} history={history} />
        <Counts source={source} />
        <Link component={RouterLink} to={sourceLink(name, 'history')} hidden={!history?.runs?.length} color="inherit" underline="none" sx={{ width: { xs: '100%', md: 240 } }}>
          <RunBars runs={history?.runs ?? []} />
        </Link>
      </Box>
      <Box sx={{ '&:not(:empty)': { mt: 2 } }}>
        <SourceBanners source={source} history={history} />
      </Box>
    </Box>
  );
}

/** useHistory is what a source did, as far as that is known and may be seen. */
export function useHistory({ name, state }: Source): History | undefined {
  return useLive<History>(state === 'orphaned' ? undefined : sourcePath(name, 'history')).data;
}

/** SourceFacts is what a source serves and when it was last looked at. */
export function SourceFacts({ source, history }: { source: Source; history: History | undefined }): ReactElement {
  const { revision, lastSuccess, documents } = source;
  const releases = history?.releases ?? [];
  const served = releases.find((release) => release.serving);
  const offered = releases.find((release) => release.revision === revision && !release.serving);
  const shown = offered && served ? served.revision : revision;
  return (
    <Facts
      facts={[
        ['Release', served?.version && <b>{served.version}</b>],
        ['Revision', shown ? <span title={shown}>{shortOf(shown)}</span> : undefined],
        ['Offers now', offered && <span title={offered.revision}>{releaseName(offered)}</span>],
        ['Last success', lastSuccess ? <Ago time={lastSuccess} /> : 'never'],
        ['Documents', documents.toLocaleString('en')],
      ]}
    />
  );
}

function shortOf(revision: string): string {
  return revision.replace(/^(sha256:)?([0-9a-f]{12})[0-9a-f]{4,}$/, '$2');
}

/** Counts links each outcome to its documents. */
export function Counts({ source }: { source: Source }): ReactElement | null {
  const counts = ordered(source.counts);
  if (counts.length === 0) return null;
  return (
    <Stack component="ul" direction="row" aria-label={`Documents of ${source.name} by outcome`} sx={{ listStyle: 'none', m: 0, p: 0, columnGap: 2, rowGap: 0.5, flexWrap: 'wrap' }}>
      {counts.map(([outcome, n]) => (
        <li key={outcome}>
          <Link component={RouterLink} to={documentsLink(source.name, { outcome })} underline="hover" color="inherit">
            <OutcomeSign outcome={outcome} n={n} />
          </Link>
        </li>
      ))}
    </Stack>
  );
}
