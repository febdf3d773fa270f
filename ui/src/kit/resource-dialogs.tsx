import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement, type ReactNode } from 'react';

import { send } from '../api/request';
import { itemPath, listPath, title, type Display, type Kind, type Metadata, type Resource } from '../api/resource';
import { FormDialog } from './form-dialog';

type Named = Resource<{ display?: Display }>;

/** useForget has everything about a kind asked again. */
export function useForget(): (kind: Kind, project?: string) => Promise<void> {
  const queries = useQueryClient();
  return (kind, project) =>
    queries.invalidateQueries({ predicate: ({ queryKey: [path] }) => typeof path === 'string' && path.startsWith(listPath(kind, project)) });
}

interface RenameProps {
  kind: Kind;
  resource: Named;
  etag: string | null;
  close: () => void;
}

/** RenameDialog changes what a resource is called; its name, which others refer to, stays. */
export function RenameDialog({ kind, resource, etag, close }: RenameProps): ReactElement {
  const [text, setText] = useState(title(resource));
  const forget = useForget();
  const { name, project } = resource.metadata;
  const act = async (): Promise<void> => {
    const body = { ...resource, spec: { ...resource.spec, display: { ...resource.spec.display, name: text } } };
    await send(itemPath(kind, project, name), { method: 'PUT', body, headers: etag ? { 'If-Match': etag } : {} });
    await forget(kind, project);
  };
  return (
    <FormDialog title={`Rename ${kind.one}`} verb="Rename" disabled={!text.trim()} act={act} close={close}>
      <TextField autoFocus label="Title" value={text} onChange={(e) => setText(e.target.value)} helperText={`Its name stays ${name}, and so do links to it.`} />
    </FormDialog>
  );
}

interface DeleteProps {
  kind: Kind;
  resource: { metadata: Metadata; spec?: { display?: Display } };
  close: () => void;
  done?: () => void;
  /** What else goes with it. */
  children?: ReactNode;
}

/** DeleteDialog deletes a resource, if that is meant. */
export function DeleteDialog({ kind, resource, close, done, children }: DeleteProps): ReactElement {
  const forget = useForget();
  const { name, project } = resource.metadata;
  const act = async (): Promise<void> => {
    await send(itemPath(kind, project, name), { method: 'DELETE' });
    await forget(kind, project);
    done?.();
  };
  return (
    <FormDialog title={`Delete ${kind.one} “${title(resource)}”?`} verb="Delete" danger act={act} close={close}>
      {children ?? <Typography>This cannot be undone here.</Typography>}
    </FormDialog>
  );
}
