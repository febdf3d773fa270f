import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import { send } from '../api/request';

/** still is for how long nothing may be asked, in milliseconds, until a dashboard counts as drawn: panels ask one after the other. */
const still = 500;

/** Viewed tells the server once that a dashboard was looked at, how long it took to be drawn, and how many of its queries failed. It is a component
 *  of its own, which shows nothing, so that nothing else is drawn again when a query begins or ends. */
export function Viewed({ project, dashboard }: { project: string; dashboard: string }): null {
  const queries = useQueryClient();
  const asking = useIsFetching() > 0;
  const began = useRef(performance.now());
  const told = useRef(false);
  useEffect(() => {
    if (asking || told.current) return;
    const drawn = performance.now();
    const timer = setTimeout(() => {
      told.current = true;
      const failed = queries.getQueryCache().findAll({ predicate: ({ state }) => state.status === 'error' && state.errorUpdatedAt > 0 }).length;
      const view = { project, dashboard, render_time_secs: (drawn - began.current) / 1000, render_errors: failed };
      // Whoever looks at a dashboard has not asked for this, and must not hear that it failed.
      void send('/api/v1/view', { method: 'POST', body: view }).catch(() => undefined);
    }, still);
    return () => clearTimeout(timer);
  }, [asking, queries, project, dashboard]);
  return null;
}
