import Box from '@mui/material/Box';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { useNavigation, useParams } from 'react-router-dom';

import { useEvents } from '../api/events';
import { useItem, useStatus } from '../api/queries';
import { kinds, title } from '../api/resource';
import { useCalm } from '../kit/calm';
import { Page, useTitle } from '../kit/page';
import { Failure, Loading } from '../kit/states';
import { barHeight } from '../layout/app-bar';
import { Providers } from '../perses/providers';
import { useExternalVariables } from '../perses/variables';
import { visited } from '../kit/recent';
import { Editor } from './editor';
import type { Dashboard, DashboardSpec } from './shown';

/** pause is how long what is stored is not asked for again, in milliseconds. */
const pause = 2000;

/** Component is the page of one dashboard. */
export function Component(): ReactElement {
  const { project = '', dashboard: name = '' } = useParams();
  const item = useItem<DashboardSpec>(kinds.Dashboard, project, name);
  const status = useStatus(kinds.Dashboard, project, name);
  const variables = useExternalVariables(project);
  const version = useCalm(useEvents().version, pause);
  // Another life of the editor begins when what is stored was changed from outside.
  const [life, setLife] = useState(0);
  const dashboard = item.data?.data;
  useTitle(dashboard ? title(dashboard) : name);
  const { refetch } = item;
  const { refetch: refetchStatus } = status;
  // The first event tells what was just read.
  const heard = useRef(version);
  // Who leaves may leave because they deleted it.
  const leaving = useNavigation().state !== 'idle';
  // The stream tells of every change in the world. A board that is as it was must not be drawn again for it.
  const etag = item.data?.etag ?? null;
  const stored = useMemo(() => dashboard && { dashboard: dashboard as Dashboard, etag }, [dashboard, etag]);
  const changed = useCallback(() => void refetch().then(() => setLife((n) => n + 1)), [refetch]);
  useEffect(() => {
    const first = heard.current === '';
    if (leaving || version === heard.current) return;
    heard.current = version;
    if (!first) void Promise.all([refetch({ cancelRefetch: false }), refetchStatus({ cancelRefetch: false })]);
  }, [version, leaving, refetch, refetchStatus]);
  useEffect(() => {
    if (dashboard) visited({ project, name, title: title(dashboard) });
  }, [dashboard, project, name]);

  if (item.error && !dashboard) {
    return (
      <Page title={name} crumbs={[{ to: '/projects', text: 'Projects' }, { to: `/projects/${project}`, text: project }]}>
        <Failure error={item.error} retry={() => void item.refetch()} />
      </Page>
    );
  }
  // Whether it may be edited is known a moment later than what it is; what is drawn first must not change under the reader.
  if (!stored || !variables || status.isLoading) return <Loading what={`Dashboard ${name}`} />;
  return (
    <Box sx={{ height: `calc(100dvh - ${barHeight}px)`, overflow: 'hidden', display: 'flex' }}>
      <Providers>
        <Editor
          key={`${project}/${name}/${life}`}
          stored={stored}
          owner={status.data?.owner}
          variables={variables}
          changed={changed}
        />
      </Providers>
    </Box>
  );
}
