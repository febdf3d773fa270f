import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import DotsVertical from 'mdi-material-ui/DotsVertical';
import { useState, type ReactElement } from 'react';
import { Link, useNavigate } from 'react-router-dom';

import { kinds, place } from '../api/resource';
import { DeleteDialog, RenameDialog } from '../kit/resource-dialogs';
import type { Lock } from './board';
import { CopyDialog, useCopyYaml } from './copies';
import type { Dashboard } from './shown';
import { configMap, download, json, yaml } from './text';

interface MoreProps {
  dashboard: Dashboard;
  etag: string | null;
  locked: Lock;
}

/** More is the menu of what is done with a dashboard as a whole. */
export function More({ dashboard, etag, locked }: MoreProps): ReactElement {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [dialog, setDialog] = useState<'rename' | 'copy' | 'delete'>();
  const navigate = useNavigate();
  const copyYaml = useCopyYaml();
  const { name, project = '' } = dashboard.metadata;
  const here = `${place(kinds.Dashboard, project)}/${name}`;
  const fixed = locked?.kind === 'managed' || locked?.kind === 'readonly';
  const then = (act: () => void) => () => {
    setAnchor(null);
    act();
  };
  const close = (): void => setDialog(undefined);
  return (
    <>
      <IconButton aria-label="More actions" aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        <DotsVertical />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem onClick={then(() => void copyYaml(dashboard))}>Copy as YAML</MenuItem>
        <MenuItem onClick={then(() => download(`${name}.yaml`, yaml(dashboard)))}>Download YAML</MenuItem>
        <MenuItem onClick={then(() => download(`${name}.json`, json(dashboard)))}>Download JSON</MenuItem>
        <MenuItem onClick={then(() => download(`${name}.configmap.yaml`, configMap(dashboard)))}>Download ConfigMap</MenuItem>
        <MenuItem component={Link} to={`${here}/source`}>
          Source
        </MenuItem>
        <MenuItem component={Link} to={`/delivery/resources${here}`}>
          Origin and history
        </MenuItem>
        <MenuItem onClick={then(() => setDialog('copy'))} disabled={locked?.kind === 'readonly'}>
          Duplicate…
        </MenuItem>
        <MenuItem onClick={then(() => setDialog('rename'))} disabled={fixed}>
          Rename…
        </MenuItem>
        <MenuItem onClick={then(() => setDialog('delete'))} disabled={fixed}>
          Delete…
        </MenuItem>
      </Menu>
      {dialog === 'copy' && <CopyDialog dashboard={dashboard} close={close} />}
      {dialog === 'rename' && <RenameDialog kind={kinds.Dashboard} resource={dashboard} etag={etag} close={close} />}
      {dialog === 'delete' && <DeleteDialog kind={kinds.Dashboard} resource={dashboard} close={close} done={() => void navigate(`/projects/${project}`)} />}
    </>
  );
}
