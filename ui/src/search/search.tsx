import Box from '@mui/material/Box';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import Magnify from 'mdi-material-ui/Magnify';
import { useDeferredValue, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { useNavigate } from 'react-router-dom';

import { query as queryString } from '../api/base';
import { useList } from '../api/queries';
import { get, type ApiError } from '../api/request';
import { kinds, title, type Display } from '../api/resource';
import { Failure } from '../kit/states';
import { pieces, projectsLike, type Hit } from './match';

const most = 30;

interface Option {
  to: string;
  label: ReactNode;
  detail: string;
}

interface SearchProps {
  autoFocus?: boolean;
  /** Called when somebody went to what they found. */
  done?: () => void;
  /** What to show while nothing is looked for. */
  children?: ReactNode;
}

/** Search finds dashboards of all projects, and projects. Arrows choose, Enter goes there, Escape clears. */
export function Search({ autoFocus = false, done, children }: SearchProps): ReactElement {
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const { options, error, settled } = useOptions(wanted);
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const navigate = useNavigate();
  useEffect(() => setActive(0), [wanted]);
  useEffect(() => list.current?.children[active]?.scrollIntoView({ block: 'nearest' }), [active]);

  const go = (option: Option | undefined): void => {
    if (!option) return;
    void navigate(option.to);
    done?.();
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => setActive((i) => Math.min(i + 1, options.length - 1)),
    ArrowUp: () => setActive((i) => Math.max(i - 1, 0)),
    Enter: () => go(options[active]),
    Escape: () => (text ? setText('') : done?.()),
  };
  const press = (event: KeyboardEvent): void => {
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const open = wanted !== '';
  return (
    <Box>
      <TextField
        fullWidth
        autoFocus={autoFocus}
        placeholder="Search dashboards and projects"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={press}
        slotProps={{
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <Magnify />
              </InputAdornment>
            ),
            endAdornment: !text && <Key>/</Key>,
          },
          htmlInput: {
            'data-search': true,
            role: 'combobox',
            'aria-label': 'Search dashboards and projects',
            'aria-expanded': open,
            'aria-controls': `${id}-list`,
            'aria-activedescendant': open && options[active] ? `${id}-${active}` : undefined,
            'aria-autocomplete': 'list',
            autoComplete: 'off',
            spellCheck: false,
          },
        }}
      />
      {error && <Failure error={error} />}
      {open ? (
        <Box ref={list} role="listbox" id={`${id}-list`} aria-label="Found" sx={{ mt: 1, maxHeight: '60vh', overflowY: 'auto' }}>
          {options.map((option, i) => (
            <Row key={option.to} id={`${id}-${i}`} option={option} active={i === active} choose={() => go(option)} hover={() => setActive(i)} />
          ))}
        </Box>
      ) : (
        children
      )}
      {open && settled && options.length === 0 && (
        <Typography role="status" color="text.secondary" sx={{ px: 1, py: 2 }}>
          Nothing is called like “{wanted}”.
        </Typography>
      )}
    </Box>
  );
}

/** Key shows a key of the keyboard. */
function Key({ children }: { children: ReactNode }): ReactElement {
  return (
    <Box component="kbd" aria-hidden sx={{ border: 1, borderColor: 'divider', borderRadius: 0.5, px: 0.75, fontSize: '0.75rem', color: 'text.secondary', fontFamily: 'inherit' }}>
      {children}
    </Box>
  );
}

interface RowProps {
  id: string;
  option: Option;
  active: boolean;
  choose: () => void;
  hover: () => void;
}

function Row({ id, option, active, choose, hover }: RowProps): ReactElement {
  return (
    <Box
      role="option"
      id={id}
      aria-selected={active}
      onClick={choose}
      onMouseMove={active ? undefined : hover}
      sx={{ display: 'flex', gap: 2, alignItems: 'baseline', px: 1.5, py: 1, borderRadius: 1, cursor: 'pointer', bgcolor: active ? 'action.selected' : undefined }}
    >
      <Box sx={{ flexGrow: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' }}>{option.label}</Box>
      <Box sx={{ color: 'text.secondary', fontSize: '0.75rem', whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis', maxWidth: '50%' }}>{option.detail}</Box>
    </Box>
  );
}

interface Found {
  options: Option[];
  error: ApiError | null;
  /** Whether this is all there is for what is looked for now. */
  settled: boolean;
}

function useOptions(wanted: string): Found {
  const path = `/api/v1/search/dashboards${queryString({ query: wanted, limit: most })}`;
  const projects = useList<{ display?: Display }>(kinds.Project);
  const hits = useQuery<Hit[], ApiError>({
    queryKey: [path],
    queryFn: ({ signal }) => get<Hit[]>(path, signal),
    enabled: wanted !== '',
    keepPreviousData: true,
    staleTime: 10_000,
  });
  const ofProjects = projectsLike(projects.data ?? [], wanted).map((project) => ({
    to: `/projects/${project.metadata.name}`,
    label: title(project),
    detail: 'project',
  }));
  const ofDashboards = (wanted ? (hits.data ?? []) : []).slice(0, most).map((hit) => ({
    to: `/projects/${hit.metadata.project}/dashboards/${hit.metadata.name}`,
    label: <Marked hit={hit} />,
    detail: hit.metadata.project,
  }));
  return { options: [...ofProjects, ...ofDashboards], error: hits.error, settled: !hits.isFetching };
}

/** Marked is a title with what matched in it; a name that matched instead stands beside it. */
function Marked({ hit }: { hit: Hit }): ReactElement {
  const shown = hit.displayName || hit.metadata.name;
  const byName = hit.original === hit.metadata.name && shown !== hit.metadata.name;
  const mark = (text: string): ReactNode => pieces(text, hit).map((piece, i) => (piece.marked ? <b key={i}>{piece.text}</b> : piece.text));
  return (
    <Box component="span" sx={{ '& b': { color: 'primary.main', fontWeight: 700 } }}>
      {mark(shown)}
      {byName && (
        <Box component="span" sx={{ ml: 1, color: 'text.secondary' }}>
          {mark(hit.metadata.name)}
        </Box>
      )}
    </Box>
  );
}
