import { useRef } from 'react';

/** useSame gives the value it was given before as long as the new one says the same: what is made of it is not made again. */
export function useSame<T>(value: T): T {
  const kept = useRef(value);
  if (JSON.stringify(kept.current) !== JSON.stringify(value)) kept.current = value;
  return kept.current;
}
