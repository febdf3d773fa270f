import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import type { ReactElement } from 'react';
import { Link, Navigate, useParams } from 'react-router-dom';

import { useConfig, useItem, useStatus, type Config } from '../api/queries';
import { kindOf, kinds, title, type Display, type Kind } from '../api/resource';
import { Managed } from '../kit/managed';
import { Page } from '../kit/page';
import { Failure } from '../kit/states';
import { Create, CreateDashboard } from '../resources/create';
import { purposes } from '../resources/purposes';
import { ResourceTable } from '../resources/resource-table';

/** Component is a project: what it holds, a tab for each kind. */
export function Component(): ReactElement {
  const { project = '', plural = 'dashboards' } = useParams();
  const item = useItem<{ display?: Display }>(kinds.Project, undefined, project);
  const status = useStatus(kinds.Project, undefined, project);
  const tabs = tabsOf(useConfig().data);
  const kind = kindOf(plural);
  const resource = item.data?.data;
  const crumbs = [{ to: '/projects', text: 'Projects' }];
  if (!kind?.project) return <Navigate to={`/projects/${project}`} replace />;
  if (item.error && !resource) {
    return (
      <Page title={project} crumbs={crumbs}>
        <Failure error={item.error} retry={() => void item.refetch()} />
      </Page>
    );
  }
  const owner = status.data?.owner;
  return (
    <Page title={resource ? title(resource) : project} crumbs={crumbs} beside={owner && <Managed owner={owner} details={`/delivery/resources/projects/${project}`} />}>
      <Tabs value={tabs.includes(kind) ? kind.plural : false} variant="scrollable" aria-label="What the project holds" sx={{ mt: -1, mb: 2, borderBottom: 1, borderColor: 'divider' }}>
        {tabs.map(({ plural: value, many }) => (
          <Tab key={value} value={value} label={many.replace(/^./, (c) => c.toUpperCase())} component={Link} to={`/projects/${project}${value === 'dashboards' ? '' : `/${value}`}`} replace />
        ))}
      </Tabs>
      <Box role="region" aria-label={kind.many}>
        <ResourceTable
          key={kind.plural}
          kind={kind}
          project={project}
          to={({ metadata: { name } }) => `/projects/${project}/${kind.plural}/${name}`}
          create={kind === kinds.Dashboard ? <CreateDashboard project={project} /> : <Create kind={kind} project={project} to={`/projects/${project}/create/${kind.plural}`} />}
          purpose={purposes[kind.plural] ?? ''}
        />
      </Box>
    </Page>
  );
}

/** tabsOf leaves out what the configuration switched off. */
function tabsOf(config: Config | undefined): Kind[] {
  return [
    kinds.Dashboard,
    kinds.Folder,
    ...(config?.variable?.project?.disable ? [] : [kinds.Variable]),
    ...(config?.datasource?.project?.disable ? [] : [kinds.Datasource]),
    kinds.Secret,
  ];
}
