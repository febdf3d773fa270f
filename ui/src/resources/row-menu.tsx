import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import DotsVertical from 'mdi-material-ui/DotsVertical';
import { useState, type ReactElement } from 'react';
import { Link } from 'react-router-dom';

import type { Owner } from '../api/delivery';
import { useConfig, useItem } from '../api/queries';
import { kinds, place, type Display, type Kind } from '../api/resource';
import { DeleteDialog, RenameDialog } from '../kit/resource-dialogs';
import { Failure } from '../kit/states';
import { aboveRow } from '../kit/table';
import type { Row } from './rows';

interface RowMenuProps {
  kind: Kind;
  row: Row;
  owner: Owner | undefined;
}

/** RowMenu is what can be done with one resource of a list. */
export function RowMenu({ kind, row, owner }: RowMenuProps): ReactElement {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [dialog, setDialog] = useState<'rename' | 'delete'>();
  const readonly = useConfig().data?.security?.readonly === true;
  const { name, project } = row.metadata;
  const here = `${kind.project ? '' : '/admin'}${place(kind, project)}/${name}`;
  const choose = (what: 'rename' | 'delete') => () => {
    setAnchor(null);
    setDialog(what);
  };
  // Secrets, folders and variables have no display name of their own.
  const renames = kind === kinds.Dashboard || kind === kinds.Project || kind === kinds.Datasource || kind === kinds.GlobalDatasource;
  return (
    <>
      <IconButton size="small" aria-label={`Actions for ${row.title}`} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)} sx={aboveRow}>
        <DotsVertical fontSize="small" />
      </IconButton>
      {anchor && (
        <Menu anchorEl={anchor} open onClose={() => setAnchor(null)}>
          <MenuItem component={Link} to={`${kind === kinds.Project ? `/admin/projects/${name}` : here}/source`}>
            Source
          </MenuItem>
          <MenuItem component={Link} to={`/delivery/resources${place(kind, project)}/${name}`}>
            Origin and history
          </MenuItem>
          {renames && (
            <MenuItem onClick={choose('rename')} disabled={readonly || owner !== undefined}>
              Rename…
            </MenuItem>
          )}
          <MenuItem onClick={choose('delete')} disabled={readonly}>
            Delete…
          </MenuItem>
        </Menu>
      )}
      {dialog === 'rename' && <Rename kind={kind} row={row} close={() => setDialog(undefined)} />}
      {dialog === 'delete' && <DeleteDialog kind={kind} resource={{ metadata: row.metadata, spec: { display: { name: row.title } } }} close={() => setDialog(undefined)} />}
    </>
  );
}

/** Rename reads the resource first: a list may have parts of it only. */
function Rename({ kind, row, close }: { kind: Kind; row: Row; close: () => void }): ReactElement | null {
  const item = useItem<{ display?: Display }>(kind, row.metadata.project, row.metadata.name);
  if (item.error) return <Failure error={item.error} />;
  if (!item.data) return null;
  return <RenameDialog kind={kind} resource={item.data.data} etag={item.data.etag} close={close} />;
}
