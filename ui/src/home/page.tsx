import type { ReactElement } from 'react';

import { useList } from '../api/queries';
import { kinds } from '../api/resource';
import { Page } from '../kit/page';
import { Answered } from '../kit/states';

export function Component(): ReactElement {
  const projects = useList(kinds.Project);
  return (
    <Page title="Home">
      <Answered of={projects}>{(list) => <p>{list.length} projects</p>}</Answered>
    </Page>
  );
}
