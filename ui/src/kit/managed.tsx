import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Popover from '@mui/material/Popover';
import Typography from '@mui/material/Typography';
import Lock from 'mdi-material-ui/LockOutline';
import Unlocked from 'mdi-material-ui/LockOpenVariantOutline';
import { useState, type ReactElement } from 'react';
import { Link } from 'react-router-dom';

import type { Owner } from '../api/delivery';
import { Ago } from './ago';
import { moment } from './time';

/** shortRevision is as much of a revision as tells it from others: digests are cut, versions are not. */
export function shortRevision(revision: string): string {
  return revision.replace(/^(sha256:)?([0-9a-f]{12})[0-9a-f]{20,}$/, '$2');
}

interface ManagedProps {
  owner: Owner;
  /** Where more is to be read. */
  details?: string;
  /** Names the source alone, where a heading says the rest. */
  short?: boolean;
}

/** Managed is the lock on a resource that a source gives: a chip that says which, and on a click everything about it. */
export function Managed({ owner, details, short }: ManagedProps): ReactElement {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const writable = owner.writable === true;
  return (
    <>
      <Chip
        size="small"
        variant="outlined"
        color={writable ? 'warning' : 'default'}
        icon={writable ? <Unlocked /> : <Lock />}
        label={short ? owner.source : `Managed by ${owner.source}`}
        aria-label={`Managed by ${owner.source}: details`}
        onClick={(event) => setAnchor(event.currentTarget)}
        aria-haspopup="dialog"
        sx={{ maxWidth: { xs: 240, sm: 360 } }}
      />
      <Popover open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)} anchorOrigin={{ vertical: 'bottom', horizontal: 'left' }}>
        <Box role="dialog" aria-label="Where this comes from" sx={{ p: 2, maxWidth: 460 }}>
          <Typography sx={{ mb: 1.5 }}>{meaning(owner)}</Typography>
          <Facts owner={owner} />
          {details && (
            <Button component={Link} to={details} size="small" sx={{ mt: 1.5, ml: -0.75 }}>
              Origin and history
            </Button>
          )}
        </Box>
      </Popover>
    </>
  );
}

function meaning({ writable, until }: Owner): string {
  if (!writable) return 'A source gives this resource. It is changed there; changes here are refused, because the source would undo them.';
  if (until) return `A source gives this resource, and it is unlocked until ${moment(until)}. Changes made here are undone after that.`;
  return 'A source gives this resource, and it is suspended. Changes made here are undone once it is resumed.';
}

function Facts({ owner }: { owner: Owner }): ReactElement {
  const facts: Array<[string, ReactElement | string]> = [
    ['Source', owner.source],
    ['File or object', owner.origin],
  ];
  if (owner.revision) facts.push(['Revision', shortRevision(owner.revision)]);
  facts.push(['Since', <Ago key="since" time={owner.since} />]);
  return (
    <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: 'auto 1fr', columnGap: 2, rowGap: 0.5, '& dd': { m: 0, overflowWrap: 'anywhere' }, '& dt': { color: 'text.secondary' } }}>
      {facts.map(([name, value]) => (
        <Box key={name} sx={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Box>
      ))}
    </Box>
  );
}
