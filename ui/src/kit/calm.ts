import { useEffect, useRef, useState } from 'react';

/** useCalm follows a value, but is another one at most once in so many milliseconds: for what costs something and may change several times a second. */
export function useCalm<T>(value: T, pause: number): T {
  const [calm, setCalm] = useState(value);
  const last = useRef(0);
  useEffect(() => {
    if (value === calm) return;
    const follow = (): void => {
      last.current = Date.now();
      setCalm(value);
    };
    const timer = setTimeout(follow, Math.max(0, last.current + pause - Date.now()));
    return () => clearTimeout(timer);
  }, [value, calm, pause]);
  return calm;
}
