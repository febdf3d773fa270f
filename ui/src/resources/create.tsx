import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Upload from 'mdi-material-ui/FileUploadOutline';
import Plus from 'mdi-material-ui/Plus';
import { useState, type ReactElement } from 'react';
import { Link, useNavigate } from 'react-router-dom';

import { useConfig } from '../api/queries';
import { send } from '../api/request';
import { kinds, listPath, type Kind } from '../api/resource';
import { nameOf } from '../kit/name';
import { FormDialog } from '../kit/form-dialog';
import { useForget } from '../kit/resource-dialogs';

interface CreateProps {
  kind: Kind;
  project?: string;
  /** The page that makes one; without it, a dialog asks for the title alone. */
  to?: string;
  /** The spec to begin with. */
  spec?: Record<string, unknown>;
  /** Where to go then. */
  then?: (name: string) => string;
}

/** Create is the button that makes a resource. It is not there on a read-only server. */
export function Create({ kind, project, to, spec = {}, then }: CreateProps): ReactElement | null {
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  if (useConfig().data?.security?.readonly) return null;
  return (
    <>
      <Button variant="contained" startIcon={<Plus />} onClick={() => (to ? void navigate(to) : setOpen(true))}>
        New {kind.one}
      </Button>
      {open && <CreateDialog kind={kind} {...(project ? { project } : {})} spec={spec} {...(then ? { then } : {})} close={() => setOpen(false)} />}
    </>
  );
}

function CreateDialog({ kind, project, spec = {}, then, close }: CreateProps & { close: () => void }): ReactElement {
  const [title, setTitle] = useState('');
  const [chosen, setChosen] = useState<string>();
  const navigate = useNavigate();
  const forget = useForget();
  const name = chosen ?? nameOf(title);
  const act = async (): Promise<void> => {
    const body = { kind: kind.name, metadata: { name, ...(project ? { project } : {}) }, spec: { ...spec, display: { name: title.trim() } } };
    await send(listPath(kind, project), { method: 'POST', body });
    await forget();
    if (then) await navigate(then(name));
  };
  return (
    <FormDialog title={`New ${kind.one}`} verb="Create" disabled={!name || !title.trim()} act={act} close={close}>
      <TextField autoFocus label="Title" value={title} onChange={(event) => setTitle(event.target.value)} />
      <TextField label="Name" value={name} onChange={(event) => setChosen(event.target.value)} helperText="What others refer to, and what stands in links. It cannot be changed later." />
    </FormDialog>
  );
}

export const emptyDashboard = { duration: '1h', variables: [], panels: {}, layouts: [] };

/** CreateDashboard makes an empty dashboard and opens it, or leads to where one that somebody has becomes one of the project. */
export function CreateDashboard({ project }: { project: string }): ReactElement | null {
  if (useConfig().data?.security?.readonly) return null;
  return (
    <Stack direction="row" sx={{ gap: 1, justifyContent: 'center' }}>
      <Button component={Link} to={`/projects/${project}/create/dashboards`} variant="outlined" color="secondary" startIcon={<Upload />}>
        Import
      </Button>
      <NewDashboard project={project} />
    </Stack>
  );
}

function NewDashboard({ project }: { project: string }): ReactElement {
  return <Create kind={kinds.Dashboard} project={project} spec={emptyDashboard} then={(name) => `/projects/${project}/dashboards/${name}`} />;
}
