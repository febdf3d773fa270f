import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Radio from '@mui/material/Radio';
import Forward from 'mdi-material-ui/Update';
import Restore from 'mdi-material-ui/History';
import type { ReactElement } from 'react';

import type { Release } from '../api/delivery';
import { Ago } from '../kit/ago';
import { shortRevision } from '../kit/managed';
import { duration, many } from './words';

/** releaseName is how people call a release: by its version, or the start of its digest. */
export function releaseName({ version, revision }: Pick<Release, 'version' | 'revision'>): string {
  return version || shortRevision(revision);
}

/** rollText is what it is called to go to another release: to a newer one where an older is served, too. */
export function rollText(forward: boolean): string {
  return forward ? 'Roll forward' : 'Roll back';
}

interface ReleaseListProps {
  releases: Release[];
  from: string;
  to: string;
  choose: (next: { from?: string; to?: string }) => void;
  rollback: (release: Release) => void;
}

/** ReleaseList lists releases, newest first; two of them are chosen to be compared. */
export function ReleaseList({ releases, from, to, choose, rollback }: ReleaseListProps): ReactElement {
  const serving = releases.findIndex((release) => release.serving);
  return (
    <>
      {releases.length > 1 && <Heads />}
      <Box component="ol" aria-label="Releases, newest first" sx={{ listStyle: 'none', m: 0, p: 0, border: 1, borderColor: 'divider', borderRadius: 1 }}>
      {releases.map((release, i) => (
        <Box component="li" key={release.revision} sx={rowStyle}>
          <Choice release={release} from={from} to={to} choose={choose} alone={releases.length < 2} />
          <About release={release} />
          <Box sx={{ color: 'text.secondary' }}>
            <Ago time={release.at} />
          </Box>
          <Box className="back">
            {!release.serving && (
              <Button size="small" startIcon={i < serving ? <Forward /> : <Restore />} onClick={() => rollback(release)} aria-label={`${rollText(i < serving)} to ${releaseName(release)}`}>
                {rollText(i < serving)}
              </Button>
            )}
          </Box>
        </Box>
      ))}
      </Box>
    </>
  );
}

/** Heads name the two columns of circles; for those who do not see them each circle has a name of its own. */
function Heads(): ReactElement {
  const head = { width: 38, textAlign: 'center' } as const;
  return (
    <Box aria-hidden sx={{ display: 'flex', px: 1.5, mb: 0.5, fontSize: '0.75rem', fontWeight: 700, color: 'text.secondary' }}>
      <Box sx={head}>From</Box>
      <Box sx={head}>To</Box>
    </Box>
  );
}

function Choice({ release: { revision, ...rest }, from, to, choose, alone }: Pick<ReleaseListProps, 'from' | 'to' | 'choose'> & { release: Release; alone: boolean }): ReactElement {
  const name = releaseName({ revision, ...rest });
  if (alone) return <span />;
  return (
    <Box sx={{ whiteSpace: 'nowrap' }}>
      <Radio size="small" name="from" checked={revision === from} onChange={() => choose({ from: revision })} inputProps={{ 'aria-label': `Compare from ${name}` }} title="Compare from" />
      <Radio size="small" name="to" checked={revision === to} onChange={() => choose({ to: revision })} inputProps={{ 'aria-label': `Compare to ${name}` }} title="Compare to" />
    </Box>
  );
}

function About({ release }: { release: Release }): ReactElement {
  const { revision, author, commit, key, documents, serving, pinned, seconds } = release;
  const facts = [
    many(documents, 'document'),
    releaseChanges(release),
    author && `by ${author}`,
    commit && `commit ${commit.slice(0, 12)}`,
    key && `signed by ${shortRevision(key)}`,
    `applied in ${duration(seconds)}`,
  ];
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        <b title={revision}>{releaseName(release)}</b>
        {release.version && (
          <Box component="span" sx={{ color: 'text.secondary', fontSize: '0.75rem' }} title={revision}>
            {shortRevision(revision)}
          </Box>
        )}
        {serving && <Chip size="small" color="success" variant="outlined" label="served" />}
        {pinned && <Chip size="small" color="info" variant="outlined" label="pinned" />}
      </Box>
      <Box sx={{ color: 'text.secondary', fontSize: '0.75rem', overflowWrap: 'anywhere' }}>{facts.filter(Boolean).join(' · ')}</Box>
    </Box>
  );
}

function releaseChanges({ changes }: Release): string {
  return Object.entries(changes ?? {})
    .filter(([, n]) => n > 0)
    .map(([outcome, n]) => `${n.toLocaleString('en')} ${outcome}`)
    .join(', ');
}

const rowStyle = {
  display: 'grid',
  gridTemplateColumns: { xs: 'auto minmax(0, 1fr)', sm: 'auto minmax(0, 1fr) 130px 120px' },
  columnGap: 1.5,
  alignItems: 'center',
  px: 1.5,
  py: 1,
  '& + &': { borderTop: 1, borderColor: 'divider' },
  '& > .back': { textAlign: 'right' },
} as const;
