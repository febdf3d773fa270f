import type { Source } from '../api/delivery';
import { useEvents } from '../api/events';
import type { ApiError } from '../api/request';
import { useLive } from './live';

/** useSources is the state of every source: as the event stream told last, and until it did, or where it cannot, as the server answers. */
export function useSources(): { sources: Source[] | undefined; error: ApiError | null } {
  const { sources, state } = useEvents();
  const answer = useLive<Source[]>(sources && state === 'open' ? undefined : '/api/delivery/v1/sources');
  return { sources: sources ?? answer.data, error: answer.error };
}
