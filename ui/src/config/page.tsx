import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import type { ReactElement, ReactNode } from 'react';
import { stringify } from 'yaml';

import { useConfig, useGet } from '../api/queries';
import { Page } from '../kit/page';
import { Answered } from '../kit/states';
import { Table } from '../kit/table';

interface Health {
  version: string;
  commit: string;
  buildTime: string;
}

interface Module {
  metadata: { name: string; version: string };
  spec: { plugins: Array<{ kind: string; spec: { name: string; display: { name: string } } }> };
}

interface Database {
  folder: string;
  extension: string;
  documents: Record<string, number>;
  notes?: string[];
}

/** Component shows how the server is set up: version, database, configuration, plugins. */
export function Component(): ReactElement {
  const config = useConfig();
  const health = useGet<Health>('/api/v1/health');
  const database = useGet<Database>('/api/delivery/v1/database');
  const plugins = useGet<Module[]>('/api/v1/plugins');
  return (
    <Page title="Configuration">
      <Part heading="Server">
        <Answered of={health}>{({ version, commit, buildTime }) => <Facts facts={{ Version: version, Commit: commit, Built: buildTime }} />}</Answered>
        <Link href="licenses.txt" target="_blank" sx={{ display: 'inline-block', mt: 1 }}>
          Licences of what these pages are made of
        </Link>
      </Part>
      <Part heading="Database">
        <Answered of={database}>
          {({ folder, extension, documents }) => (
            <Facts facts={{ Folder: folder, Format: extension, Documents: Object.entries(documents).map(([kind, n]) => `${n} ${kind}`).join(', ') || 'none' }} />
          )}
        </Answered>
      </Part>
      <Part heading="Plugins">
        <Answered of={plugins}>{(list) => <Plugins modules={list} />}</Answered>
      </Part>
      <Part heading="Settings">
        <Typography color="text.secondary" sx={{ mb: 1 }}>
          As the server resolved them from file, environment and flags. Secrets are not shown.
        </Typography>
        <Answered of={config}>
          {(data) => (
            <Box component="pre" tabIndex={0} aria-label="Settings in YAML" sx={{ m: 0, p: 2, border: 1, borderColor: 'divider', borderRadius: 1, overflowX: 'auto', fontSize: '0.8125rem' }}>
              {stringify(data)}
            </Box>
          )}
        </Answered>
      </Part>
    </Page>
  );
}

function Part({ heading, children }: { heading: string; children: ReactNode }): ReactElement {
  return (
    <Box component="section" sx={{ mb: 4 }}>
      <Typography variant="h2" sx={{ mb: 1 }}>
        {heading}
      </Typography>
      {children}
    </Box>
  );
}

function Facts({ facts }: { facts: Record<string, string> }): ReactElement {
  return (
    <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: '120px 1fr', rowGap: 0.5, '& dd': { m: 0, overflowWrap: 'anywhere' }, '& dt': { color: 'text.secondary' } }}>
      {Object.entries(facts).map(([name, value]) => (
        <Box key={name} sx={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Box>
      ))}
    </Box>
  );
}

function Plugins({ modules }: { modules: Module[] }): ReactElement {
  const rows = modules.flatMap(({ metadata, spec }) => spec.plugins.map((plugin) => ({ ...plugin, module: metadata })));
  return (
    <Table
      label="Plugins"
      rows={rows}
      rowKey={({ kind, spec }) => `${kind}/${spec.name}`}
      rowHeight={36}
      columns={[
        { key: 'name', header: 'Plugin', width: 'minmax(0, 2fr)', cell: ({ spec }) => spec.name },
        { key: 'kind', header: 'Kind', width: 'minmax(0, 1fr)', cell: ({ kind }) => kind },
        { key: 'module', header: 'Module', width: 'minmax(0, 1fr)', wide: true, cell: ({ module }) => module.name },
        { key: 'version', header: 'Version', width: '90px', cell: ({ module }) => module.version },
      ]}
    />
  );
}
