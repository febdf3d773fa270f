import type { RouteObject } from 'react-router-dom';

/** deliveryRoutes are the pages that show where resources come from and what became of them. */
export const deliveryRoutes: RouteObject[] = [
  { path: '/delivery', lazy: () => import('./page') },
  { path: '/delivery/conflicts', lazy: () => import('./conflicts-page') },
  {
    path: '/delivery/sources/:source',
    lazy: () => import('./source-page'),
    children: [
      { index: true, lazy: () => import('./documents-tab') },
      { path: 'changes', lazy: () => import('./changes-tab') },
      { path: 'history', lazy: () => import('./history-tab') },
    ],
  },
  { path: '/delivery/resources/projects/:project/:plural/:name', lazy: () => import('./resource-page') },
  { path: '/delivery/resources/:plural/:name', lazy: () => import('./resource-page') },
];
