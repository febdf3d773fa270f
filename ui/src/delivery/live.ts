import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import { useEvents } from '../api/events';
import { get, type ApiError } from '../api/request';

/** pause is how long, in milliseconds, events are collected before something is asked again. */
const pause = 500;

/** useLive asks for a path of the API, and again whenever the event stream told of something new. The answer before stays meanwhile. */
export function useLive<T>(path: string | undefined): UseQueryResult<T, ApiError> {
  const { version } = useEvents();
  const answer = useQuery<T, ApiError>({
    queryKey: [path],
    queryFn: ({ signal }) => get<T>(path!, signal),
    enabled: path !== undefined,
    // What a page shows that is opened again is old: events came and went.
    staleTime: 0,
  });
  const { refetch } = answer;
  const asked = useRef(version);
  const wanted = useRef(false);
  wanted.current = path !== undefined;
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => {
    if (version === asked.current || timer.current) return;
    const first = asked.current === '';
    asked.current = version;
    if (first) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      // Asking again does not look whether there is anything to ask.
      if (wanted.current) void refetch();
    }, pause);
  }, [version, refetch]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return answer;
}
