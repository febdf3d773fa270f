import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { DatasourceSpec } from '@perses-dev/core';
import { useState, type ReactElement } from 'react';

import { send } from '../api/request';

interface Outcome {
  severity: 'success' | 'error' | 'info';
  text: string;
}

interface BuildInfo {
  status?: string;
  error?: string;
}

/** trialPath is where a datasource is asked that is not stored. */
export function trialPath(project: string | undefined, path: string): string {
  return `/proxy/unsaved/${project ? `projects/${encodeURIComponent(project)}/datasources` : 'globaldatasources'}${path}`;
}

/** test asks a datasource, as it is written in the form, for the simplest thing that needs it to work. */
export async function test(project: string | undefined, spec: DatasourceSpec): Promise<Outcome> {
  const { kind, spec: plugin } = spec.plugin;
  if (kind !== 'PrometheusDatasource') return { severity: 'info', text: `There is no test for ${kind}.` };
  if (!(plugin as { proxy?: unknown }).proxy) return { severity: 'info', text: 'A direct address is asked by each browser. Browsers allow this page no other server, so use the proxy.' };
  const began = performance.now();
  try {
    // A POST, because that is what panels send: a list of allowed endpoints has it.
    const { data } = await send<BuildInfo>(trialPath(project, '/api/v1/query?query=1'), { method: 'POST', body: { method: 'POST', spec } });
    if (data?.status !== 'success') return { severity: 'error', text: data?.error ?? 'Something answers, but not as Prometheus does. Is the address that of its root?' };
    return { severity: 'success', text: `It answers queries, in ${Math.round(performance.now() - began)} ms.` };
  } catch (error) {
    const text = error instanceof SyntaxError ? 'Something answers, but not as Prometheus does. Is the address that of its root?' : (error as Error).message;
    return { severity: 'error', text };
  }
}

/** TestButton tries the datasource out. */
export function TestButton({ project, spec }: { project: string | undefined; spec: DatasourceSpec }): ReactElement {
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    setOutcome(await test(project, spec));
    setBusy(false);
  };
  return (
    <>
      <Button variant="outlined" disabled={busy} onClick={() => void run()}>
        Test
      </Button>
      {outcome && (
        <Box role="status" ref={(box: HTMLElement | null) => box?.scrollIntoView({ block: 'nearest' })} sx={{ order: 9, width: '100%' }}>
          <Alert severity={outcome.severity}>{outcome.text}</Alert>
        </Box>
      )}
    </>
  );
}
