import { lazy, type ReactElement } from 'react';

import { EditorPage } from './page';

const Source = lazy(async () => ({ default: (await import('./source')).Source }));

/** Component edits any resource as text. */
export function Component(): ReactElement {
  return <EditorPage form={() => (props) => <Source {...props} />} />;
}
