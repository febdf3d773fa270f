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
          { path: '/projects', lazy: () => import('./projects/page') },
          { path: '/projects/:project', lazy: () => import('./project/page') },
          { path: '/projects/:project/:plural', lazy: () => import('./project/page') },
          { path: '/projects/:project/create/:plural', lazy: () => import('./editor/page') },
          { path: '/projects/:project/dashboards/:dashboard', lazy: () => import('./dashboard/page') },
          { path: '/projects/:project/:plural/:name', lazy: () => import('./editor/page') },
          { path: '/projects/:project/:plural/:name/source', lazy: () => import('./editor/source-page') },
          { path: '/explore', lazy: () => import('./explore/page') },
          { path: '/admin', lazy: () => import('./admin/page') },
          { path: '/admin/:plural', lazy: () => import('./admin/page') },
          { path: '/admin/create/:plural', lazy: () => import('./editor/page') },
          { path: '/admin/:plural/:name', lazy: () => import('./editor/page') },
          { path: '/admin/:plural/:name/source', lazy: () => import('./editor/source-page') },
          { path: '/config', lazy: () => import('./config/page') },
          ...deliveryRoutes,
          { path: '*', lazy: () => import('./layout/not-found') },
        ],
      },
    ],
  },
];
