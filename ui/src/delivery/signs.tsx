import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';
import Refused from 'mdi-material-ui/Cancel';
import Bad from 'mdi-material-ui/AlertCircleOutline';
import Failing from 'mdi-material-ui/AlertOctagonOutline';
import Warn from 'mdi-material-ui/AlertOutline';
import Retained from 'mdi-material-ui/Anchor';
import Unchanged from 'mdi-material-ui/Check';
import Good from 'mdi-material-ui/CheckCircleOutline';
import Hand from 'mdi-material-ui/HandBackRightOutline';
import Layers from 'mdi-material-ui/LayersOutline';
import Orphaned from 'mdi-material-ui/LinkVariantOff';
import Suspended from 'mdi-material-ui/PauseCircleOutline';
import Pinned from 'mdi-material-ui/PinOutline';
import Syncing from 'mdi-material-ui/Sync';
import Waits from 'mdi-material-ui/TimerSand';
import Pruned from 'mdi-material-ui/TrashCanOutline';
import { memo, type ElementType, type ReactElement } from 'react';

import { outcomes, states, word, type Tone } from './words';

const stateIcons: Record<string, ElementType> = {
  syncing: Syncing,
  ready: Good,
  degraded: Warn,
  failing: Failing,
  held: Hand,
  pinned: Pinned,
  suspended: Suspended,
  orphaned: Orphaned,
};

const outcomeIcons: Record<string, ElementType> = {
  applied: Good,
  unchanged: Unchanged,
  invalid: Bad,
  refused: Refused,
  shadowed: Layers,
  held: Waits,
  released: Orphaned,
  retained: Retained,
  pruned: Pruned,
};

/** ink is the colour of a tone, legible as text on both themes. */
export function ink(tone: Tone): (theme: Theme) => string {
  return ({ palette }) => {
    const shade = palette.mode === 'dark' ? 'light' : 'dark';
    switch (tone) {
      case 'good':
        return palette.success[shade];
      case 'info':
        return palette.info[shade];
      case 'warn':
        return palette.warning[shade];
      case 'bad':
        return palette.error[shade];
      default:
        return palette.text.secondary;
    }
  };
}

interface SignProps {
  icon: ElementType | undefined;
  tone: Tone;
  text: string;
  title: string;
  strong?: boolean;
}

/** Sign is an icon with its word: nothing is told by colour alone. */
function Sign({ icon: Icon, tone, text, title, strong }: SignProps): ReactElement {
  return (
    <Box
      component="span"
      title={title}
      sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5, color: ink(tone), fontWeight: strong ? 700 : 400, whiteSpace: 'nowrap', verticalAlign: 'text-bottom', '& svg': { fontSize: '1.125rem' } }}
    >
      {Icon && <Icon aria-hidden />}
      {text}
    </Box>
  );
}

/** StateSign shows the state of a source. */
export function StateSign({ state }: { state: string }): ReactElement {
  const { tone, means } = word(states, state);
  return <Sign icon={stateIcons[state]} tone={tone} text={state} title={means} strong />;
}

/** OutcomeSign shows what became of a document, or of n of them. */
export function OutcomeSign({ outcome, n }: { outcome: string; n?: number }): ReactElement {
  const { tone, means } = word(outcomes, outcome);
  const text = n === undefined ? outcome : `${n.toLocaleString('en')} ${outcome}`;
  return <Sign icon={outcomeIcons[outcome]} tone={tone} text={text} title={means} />;
}

/** OutcomeIcons are the icons of all outcomes, out of sight, for each PlainOutcome beside them to refer to. */
export const OutcomeIcons = memo(function OutcomeIcons(): ReactElement {
  return (
    <div hidden>
      {Object.entries(outcomeIcons).map(([outcome, Icon]) => (
        <Icon key={outcome} id={iconOf(outcome)} />
      ))}
    </div>
  );
});

const iconOf = (outcome: string): string => `outcome-${outcome}`;

/** PlainOutcome is an OutcomeSign that is cheap to make, for long lists; plainStyles are to be those of something around it. */
export function PlainOutcome({ outcome }: { outcome: string }): ReactElement {
  const { tone, means } = word(outcomes, outcome);
  return (
    <span className="sign" data-tone={tone} title={means}>
      <svg aria-hidden>
        <use href={`#${iconOf(outcome)}`} />
      </svg>
      {outcome}
    </span>
  );
}

export const plainStyles = {
  '& .sign': { display: 'inline-flex', alignItems: 'center', gap: 0.5, color: ink('plain'), whiteSpace: 'nowrap', verticalAlign: 'text-bottom' },
  '& .sign svg': { width: '1.125rem', height: '1.125rem', fontSize: '1.125rem', fill: 'currentColor' },
  ...Object.fromEntries((['good', 'info', 'warn', 'bad'] as const).map((tone) => [`& .sign[data-tone="${tone}"]`, { color: ink(tone) }])),
};
