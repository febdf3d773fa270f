import Box from '@mui/material/Box';
import type { ReactElement } from 'react';

import { query } from '../api/base';
import type { Change, Comparison } from '../api/delivery';
import { useGet } from '../api/queries';
import { Answered } from '../kit/states';
import { ChangeList } from './change-list';
import { DifferenceView } from './difference-view';
import { Fields } from './fields';
import { sourcePath } from './place';

interface SourceComparisonProps {
  source: string;
  from: string;
  to: string;
  names: [from: string, to: string];
}

/** SourceComparison shows how two releases of a source differ: which resources, and in an opened one what. */
export function SourceComparison({ source, from, to, names }: SourceComparisonProps): ReactElement {
  const answer = useGet<Comparison>(sourcePath(source, 'compare') + query({ from, to }));
  const one = (change: Change): ReactElement => <ResourceComparison source={source} from={from} to={to} names={names} change={change} />;
  return (
    <Answered of={answer} what="How they differ">
      {({ changes }) => (changes.length > 0 ? <ChangeList changes={changes} more={one} /> : <Box sx={{ color: 'text.secondary' }}>They declare the same.</Box>)}
    </Answered>
  );
}

function ResourceComparison({ source, from, to, names, change }: SourceComparisonProps & { change: Change }): ReactElement {
  const { kind, project, name } = change;
  const answer = useGet<Comparison>(sourcePath(source, 'compare') + query({ from, to, kind, project, name }));
  return (
    <Answered of={answer} what="How it differs">
      {({ concealed, changes, before, after }) =>
        concealed ? (
          <>
            <Box sx={{ color: 'text.secondary', mb: 1 }}>Its values are not shown: {concealed}.</Box>
            <Fields fields={changes[0]?.fields ?? []} />
          </>
        ) : (
          <DifferenceView before={before} after={after} names={names} />
        )
      }
    </Answered>
  );
}
