import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import type { ReactElement } from 'react';
import { Link as RouterLink } from 'react-router-dom';

import type { Document, Problem } from '../api/delivery';
import { Ago } from '../kit/ago';
import { ExcerptBox } from './excerpt-box';
import { Facts } from './facts';
import { resourceLink } from './place';
import { ProblemText } from './problem-text';
import { ink } from './signs';
import { outcomes, word } from './words';

/**
 * DocumentDetails says everything about a document: what its outcome means, what it waits for, who is served instead, its problems in their lines.
 * `here` is for the page that its link leads to.
 */
export function DocumentDetails({ document, here = false }: { document: Document; here?: boolean }): ReactElement {
  const { kind, project, name, outcome, awaits, winner, object, problems = [], since } = document;
  return (
    <Stack sx={{ gap: 1.5 }}>
      <Box>{word(outcomes, outcome).means}.</Box>
      <Facts
        facts={[
          ['From', !here && document.origin],
          ['Since', <Ago key="since" time={since} />],
          ['Waits for', awaits],
          ['Served instead', winner],
          ['Object', object && `${object.kind} ${object.namespace}/${object.name}`],
        ]}
      />
      {problems.map((problem, i) => (
        <ProblemBox key={i} source={document.source} origin={document.origin} problem={problem} />
      ))}
      {kind && name && !here && (
        <Link component={RouterLink} to={resourceLink({ kind, project, name })} sx={{ justifySelf: 'start', width: 'fit-content' }}>
          Origin, history and text of this resource
        </Link>
      )}
    </Stack>
  );
}

function ProblemBox({ source, origin, problem }: { source: string; origin: string; problem: Problem }): ReactElement {
  const { origin: elsewhere, ...rest } = problem;
  return (
    <Box sx={{ borderLeft: 3, borderColor: ink(problem.severity === 'warning' ? 'warn' : 'bad'), pl: 1.5 }}>
      <ProblemText problem={rest} />
      {problem.line ? <ExcerptBox source={source} origin={elsewhere && elsewhere !== origin ? elsewhere : origin} problem={problem} /> : null}
    </Box>
  );
}
