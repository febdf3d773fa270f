import { useConfig } from '../api/queries';

export interface Place {
  to: string;
  text: string;
  end: boolean;
}

/** usePlaces gives the places that are a click away from everywhere. The page for free queries is there where frontend.explorer.enable is set. */
export function usePlaces(): Place[] {
  const explorer = useConfig().data?.frontend?.explorer?.enable === true;
  return [
    { to: '/', text: 'Home', end: true },
    { to: '/projects', text: 'Projects', end: false },
    ...(explorer ? [{ to: '/explore', text: 'Explore', end: false }] : []),
    { to: '/delivery', text: 'Delivery', end: false },
    { to: '/admin', text: 'Global', end: false },
    { to: '/config', text: 'Config', end: false },
  ];
}
