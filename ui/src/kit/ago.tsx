import type { ReactElement } from 'react';

import { ago, moment } from './time';

/** Ago shows how long ago something was, and exactly when on hovering. */
export function Ago({ time }: { time: string | undefined }): ReactElement {
  return (
    <time dateTime={time} title={moment(time)}>
      {ago(time)}
    </time>
  );
}
