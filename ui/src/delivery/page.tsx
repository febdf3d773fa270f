import type { ReactElement } from 'react';

import { useEvents } from '../api/events';
import { Ago } from '../kit/ago';
import { Page } from '../kit/page';
import { Loading } from '../kit/states';
import { Table } from '../kit/table';

export function Component(): ReactElement {
  const { sources } = useEvents();
  return (
    <Page title="Delivery">
      {sources ? (
        <Table
          label="Sources"
          rows={sources}
          rowKey={(source) => source.name}
          columns={[
            { key: 'name', header: 'Source', width: 'minmax(0, 2fr)', cell: (source) => source.name },
            { key: 'state', header: 'State', width: 'minmax(0, 1fr)', cell: (source) => source.state },
            { key: 'since', header: 'Since', width: '140px', cell: (source) => <Ago time={source.since} />, wide: true },
          ]}
        />
      ) : (
        <Loading what="Sources" />
      )}
    </Page>
  );
}
