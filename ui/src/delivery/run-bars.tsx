import Box from '@mui/material/Box';
import { useTheme, type Theme } from '@mui/material/styles';
import type { ReactElement } from 'react';

import type { Run } from '../api/delivery';
import { ago, moment } from '../kit/time';
import { barsOf, changesText } from './timeline';
import { many } from './words';

const [width, gap, height] = [7, 3, 34];

/** RunBars draws when a source changed anything, and how much: a bar for each time, the latest at the right. */
export function RunBars({ runs, most = 24 }: { runs: Run[]; most?: number }): ReactElement | null {
  const theme = useTheme();
  const bars = barsOf(runs, most);
  const last = bars.at(-1)?.run;
  if (!last) return null;
  const span = most * (width + gap);
  const label = `The last ${many(bars.length, 'change')}, the latest ${ago(last.at)}: ${changesText(last.changes)}`;
  return (
    <Box component="svg" role="img" aria-label={label} viewBox={`0 0 ${span} ${height}`} sx={{ display: 'block', width: span, maxWidth: '100%', height }}>
      <line x1={0} x2={span} y1={height - 0.5} y2={height - 0.5} stroke={theme.palette.divider} />
      {bars.map((bar, i) => (
        <g key={bar.run.at} transform={`translate(${span - (bars.length - i) * (width + gap)} 0)`}>
          <title>{`${moment(bar.run.at)}: ${changesText(bar.run.changes)}`}</title>
          <rect width={width + gap} height={height} fill="transparent" />
          {stack(bar.parts).map(({ action, from, size }) => (
            <rect key={action} x={gap / 2} width={width} y={height - 1 - (from + size) * (height - 1)} height={size * (height - 1)} rx={1} fill={actionInk(theme, action)} />
          ))}
        </g>
      ))}
    </Box>
  );
}

function stack(parts: Array<{ action: string; share: number }>): Array<{ action: string; from: number; size: number }> {
  let from = 0;
  return parts.map(({ action, share }) => {
    from += share;
    return { action, from: from - share, size: share };
  });
}

function actionInk({ palette }: Theme, action: string): string {
  switch (action) {
    case 'created':
      return palette.success.main;
    case 'updated':
      return palette.primary.main;
    case 'deleted':
      return palette.error.main;
    default:
      return palette.text.secondary;
  }
}
