import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router-dom';

import { useConfig } from '../api/queries';
import { kinds, type Kind } from '../api/resource';
import { Page } from '../kit/page';
import { Create } from '../resources/create';
import { purposes } from '../resources/purposes';
import { ResourceTable } from '../resources/resource-table';
import { globalKind } from './kind';

/** Component lists the resources that belong to no project. */
export function Component(): ReactElement {
  const { plural } = useParams();
  const config = useConfig().data;
  const kind = globalKind(plural);
  const tabs: Kind[] = [
    ...(config?.datasource?.global?.disable ? [] : [kinds.GlobalDatasource]),
    ...(config?.variable?.global?.disable ? [] : [kinds.GlobalVariable]),
    kinds.GlobalSecret,
  ];
  return (
    <Page title="Global resources">
      <Tabs value={tabs.includes(kind) ? kind.plural : false} variant="scrollable" aria-label="Kinds" sx={{ mt: -1, mb: 2, borderBottom: 1, borderColor: 'divider' }}>
        {tabs.map(({ plural: value, many }) => (
          <Tab key={value} value={value} label={many.replace('global ', '').replace(/^./, (c) => c.toUpperCase())} component={Link} to={`/admin/${value}`} replace />
        ))}
      </Tabs>
      <ResourceTable
        key={kind.plural}
        kind={kind}
        to={({ metadata: { name } }) => `/admin/${kind.plural}/${name}`}
        create={<Create kind={kind} to={`/admin/create/${kind.plural}`} />}
        purpose={purposes[kind.plural] ?? ''}
      />
    </Page>
  );
}
