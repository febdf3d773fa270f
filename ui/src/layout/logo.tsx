import type { ReactElement } from 'react';

/** Logo is the shooting star of the icon in index.html, without its tile. */
export function Logo({ size = 26 }: { size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="2 4 26 24" aria-hidden>
      <path d="M4 6 19.5 17.8a5 5 0 1 1-4.3 5.7z" fill="#7f9cff" opacity=".55" />
      <path d="M9 6.5 20.6 17a5.2 5.2 0 1 1-3 3z" fill="#a9bbff" opacity=".8" />
      <circle cx="21.6" cy="22" r="4.4" fill="#ffd479" />
    </svg>
  );
}
