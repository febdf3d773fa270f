import type { RouteObject } from 'react-router-dom';

import { deliveryRoutes } from './delivery/routes';
import { FailurePage } from './layout/failure-page';
import { Layout } from './layout/layout';

// Each page is a module with a Component, fetched when it is first opened: pages without charts must not load what draws charts.
// Paths are those of Perses where it has such a page, so that links into one work in the other.
export const routes: RouteObject[] = [
  {
    element: <Layout />,
    children: [
      {
        errorElement: <FailurePage />,
        children: [
          { path: '/', lazy: () => import('./home/page') },
          { path: '/projects/:project/dashboards/:dashboard', lazy: () => import('./dashboard/page') },
          ...deliveryRoutes,
          { path: '*', lazy: () => import('./layout/not-found') },
        ],
      },
    ],
  },
];
