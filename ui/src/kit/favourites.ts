import { useSyncExternalStore } from 'react';

import { remember, remembered } from './memory';
import type { Visit } from './recent';

const same = (a: Visit, b: Visit): boolean => a.project === b.project && a.name === b.name;
const byTitle = (a: Visit, b: Visit): number => a.title.localeCompare(b.title);

/** toggled is the list with a dashboard added, or without it where it was in it. */
export function toggled(list: Visit[], visit: Visit): Visit[] {
  const others = list.filter((one) => !same(one, visit));
  return others.length < list.length ? others : [...list, visit].sort(byTitle);
}

const listeners = new Set<() => void>();
let favourites: Visit[] | undefined;

const current = (): Visit[] => (favourites ??= remembered<Visit[]>('favourites', []));

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** useFavourites gives the dashboards that were marked in this browser, by title. */
export function useFavourites(): Visit[] {
  return useSyncExternalStore(subscribe, current);
}

/** toggleFavourite marks a dashboard, or takes the mark away. */
export function toggleFavourite(visit: Visit): void {
  favourites = toggled(current(), visit);
  remember('favourites', favourites);
  for (const listener of listeners) listener();
}

/** isFavourite says whether a dashboard is marked. */
export function isFavourite(list: Visit[], project: string, name: string): boolean {
  return list.some((one) => one.project === project && one.name === name);
}
