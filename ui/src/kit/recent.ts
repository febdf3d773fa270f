import { remember, remembered } from './memory';

/** Visit is a dashboard somebody opened. */
export interface Visit {
  project: string;
  name: string;
  title: string;
}

const kept = 8;

/** recent lists the dashboards that were opened last in this browser, newest first. */
export function recent(): Visit[] {
  return remembered<Visit[]>('recent', []);
}

/** visited puts a dashboard on top of that list. */
export function visited(visit: Visit): void {
  const others = recent().filter((one) => one.project !== visit.project || one.name !== visit.name);
  remember('recent', [visit, ...others].slice(0, kept));
}
