import type { RouteObject } from 'react-router-dom';

/** deliveryRoutes are the pages that show where resources come from and what became of them. */
export const deliveryRoutes: RouteObject[] = [{ path: '/delivery', lazy: () => import('./page') }];
