import Box from '@mui/material/Box';
import type { ReactElement } from 'react';

import type { Source } from '../api/delivery';
import { Answered, Empty } from '../kit/states';
import { ChangeList } from './change-list';
import { usePreview } from './order';
import { sourcePath } from './place';
import { useSource } from './source-page';

interface Question {
  verb: string;
  body: object;
  intro: string;
  nothing: string;
}

/** questionOf is which command's preview tells what would change, in the state that the source is in. */
function questionOf({ state, hold, pin }: Source): Question {
  if (hold) return { verb: 'prune', body: { id: hold.id }, intro: 'Once the deletions that wait are confirmed:', nothing: 'Nothing that is served.' };
  if (pin && !pin.configured) return { verb: 'unpin', body: {}, intro: 'Once the source is unpinned, and what it offers now is served:', nothing: 'Nothing: what it offers is what it is pinned to.' };
  if (state === 'suspended') return { verb: 'resume', body: {}, intro: 'Once the source is resumed:', nothing: 'Nothing: what is served is what it declares.' };
  return { verb: 'reconcile', body: {}, intro: 'With the next attempt:', nothing: 'Nothing: everything that it declares and that is valid is served.' };
}

export function Component(): ReactElement {
  const source = useSource();
  if (source.state === 'orphaned') return <Empty title="Nothing more comes from this source">It is gone from the configuration.</Empty>;
  return <Changes source={source} />;
}

function Changes({ source }: { source: Source }): ReactElement {
  const { verb, body, intro, nothing } = questionOf(source);
  const version = [source.state, source.revision, source.lastAttempt].join();
  const answer = usePreview(sourcePath(source.name, verb), body, version);
  return (
    <Answered of={answer} what="What would change">
      {({ changes }) =>
        changes.length > 0 ? (
          <>
            <Box component="h2" sx={{ typography: 'h3', mt: 0, mb: 1 }}>
              {intro}
            </Box>
            <ChangeList changes={changes} />
          </>
        ) : (
          <Empty title="What would change?">{nothing}</Empty>
        )
      }
    </Answered>
  );
}
