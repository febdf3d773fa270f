import type { ReactElement } from 'react';

import { kinds } from '../api/resource';
import { Page } from '../kit/page';
import { Create } from '../resources/create';
import { ResourceTable } from '../resources/resource-table';

/** Component lists the projects. */
export function Component(): ReactElement {
  return (
    <Page title="Projects">
      <ResourceTable
        kind={kinds.Project}
        to={({ metadata }) => `/projects/${metadata.name}`}
        create={<Create kind={kinds.Project} then={(name) => `/projects/${name}`} />}
        purpose="A project holds dashboards with their variables, datasources and secrets."
      />
    </Page>
  );
}
