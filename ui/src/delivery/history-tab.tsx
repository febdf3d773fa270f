import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState, type ReactElement } from 'react';
import { useSearchParams } from 'react-router-dom';

import { query } from '../api/base';
import type { History, Release, Run } from '../api/delivery';
import { Ago } from '../kit/ago';
import { Answered, Empty } from '../kit/states';
import { useLive } from './live';
import { sourcePath } from './place';
import { releaseName, ReleaseList } from './release-list';
import { RunBars } from './run-bars';
import { Rollback } from './source-dialogs';
import { useSource } from './source-page';
import { SourceComparison } from './source-comparison';
import { changesText } from './timeline';
import { duration } from './words';

export function Component(): ReactElement {
  const source = useSource();
  const orphaned = source.state === 'orphaned';
  const answer = useLive<History>(orphaned ? undefined : sourcePath(source.name, 'history'));
  if (orphaned) return <Empty title="No history">What this source did is no longer known. Each of its resources has a history of its own.</Empty>;
  return (
    <Answered of={answer} what="History">
      {({ releases = [], runs = [] }) => (
        <Box sx={{ display: 'grid', gap: 4 }}>
          {releases.length > 0 ? <Releases source={source.name} releases={releases} /> : <NoReleases />}
          <Runs runs={runs} />
        </Box>
      )}
    </Answered>
  );
}

function NoReleases(): ReactElement {
  return (
    <Empty title="This source has no releases">
      Artifacts have, and directories with an index (<code>perseid index DIR</code>). The resources of this source have a history each: open one to see or undo what changed.
    </Empty>
  );
}

function Releases({ source, releases }: { source: string; releases: Release[] }): ReactElement {
  const [parameters, setParameters] = useSearchParams();
  const [target, setTarget] = useState<Release>();
  const serving = Math.max(0, releases.findIndex((release) => release.serving));
  // What is served beside the one before it, or beside the newest if nothing was before.
  const [served, before] = [releases[serving]!.revision, releases[serving + 1]?.revision];
  const to = parameters.get('to') ?? (before ? served : releases[0]!.revision);
  const from = parameters.get('from') ?? before ?? served;
  const choose = (next: { from?: string; to?: string }): void => setParameters(new URLSearchParams(query({ from, to, ...next })), { replace: true, preventScrollReset: true });
  return (
    <Box component="section" aria-labelledby="releases">
      <Typography variant="h2" id="releases" sx={{ mb: 1 }}>
        Releases
      </Typography>
      <ReleaseList releases={releases} from={from} to={to} choose={choose} rollback={setTarget} />
      {from !== to && (
        <Box sx={{ mt: 3 }}>
          <Typography variant="h3" sx={{ mb: 1 }}>
            From {nameIn(releases, from)} to {nameIn(releases, to)}
            <Button size="small" sx={{ ml: 1 }} onClick={() => choose({ from: to, to: from })}>
              Swap
            </Button>
          </Typography>
          <SourceComparison source={source} from={from} to={to} names={[nameIn(releases, from), nameIn(releases, to)]} />
        </Box>
      )}
      {target && <Rollback source={source} release={target} forward={releases.indexOf(target) < serving} close={() => setTarget(undefined)} />}
    </Box>
  );
}

function nameIn(releases: Release[], revision: string): string {
  const release = releases.find((candidate) => candidate.revision === revision);
  return release ? releaseName(release) : revision;
}

function Runs({ runs }: { runs: Run[] }): ReactElement | null {
  if (runs.length === 0) return null;
  return (
    <Box component="section" aria-labelledby="runs">
      <Typography variant="h2" id="runs" sx={{ mb: 1 }}>
        What it changed
      </Typography>
      <RunBars runs={runs} most={Math.min(50, runs.length)} />
      <Box component="ol" sx={{ listStyle: 'none', m: 0, mt: 1, p: 0 }}>
        {runs.map((run) => (
          <Box component="li" key={run.at} sx={runStyle}>
            <Box sx={{ color: 'text.secondary' }}>
              <Ago time={run.at} />
            </Box>
            <Box className="what">{changesText(run.changes)}</Box>
            <Box sx={{ color: 'text.secondary' }} title={run.revision}>
              {releaseName({ revision: run.revision ?? '', ...(run.version ? { version: run.version } : {}) })}
            </Box>
            <Box sx={{ color: 'text.secondary', textAlign: 'right' }}>{duration(run.seconds)}</Box>
          </Box>
        ))}
      </Box>
    </Box>
  );
}

// In a narrow window what was changed has a line of its own.
const runStyle = {
  display: 'grid',
  gridTemplateColumns: { xs: '1fr auto 60px', sm: '130px 1fr auto 60px' },
  columnGap: 2,
  py: 0.75,
  borderBottom: 1,
  borderColor: 'divider',
  '& > .what': { gridColumn: { xs: '1 / -1', sm: 2 }, gridRow: { xs: 2, sm: 1 } },
} as const;
