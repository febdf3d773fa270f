import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';

import { query } from '../api/base';
import type { Document, ResourceStatus } from '../api/delivery';
import { useGet, useStatus } from '../api/queries';
import { send } from '../api/request';
import { itemPath, kinds, place, title, type Display, type Kind, type Metadata, type Resource } from '../api/resource';
import { FormDialog } from './form-dialog';
import { Loading } from './states';

type Named = Resource<{ display?: Display }>;

/** useForget has everything asked again that the API told: after a write, lists and searches are others. What is gone, by the end of its path, is not asked for. */
export function useForget(): (gone?: string) => Promise<void> {
  const queries = useQueryClient();
  return (gone) =>
    queries.invalidateQueries({
      predicate: ({ queryKey: [path] }) => typeof path === 'string' && path.startsWith('/api/') && path !== '/api/config' && !(gone && path.endsWith(gone)),
    });
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
    const body = { ...resource, spec: { ...resource.spec, display: { ...resource.spec.display, name: text.trim() } } };
    await send(itemPath(kind, project, name), { method: 'PUT', body, headers: etag ? { 'If-Match': etag } : {} });
    await forget();
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
}

/** DeleteDialog deletes a resource, if that is meant, and says why that is not possible where a source gives it. */
export function DeleteDialog({ kind, resource, close, done }: DeleteProps): ReactElement {
  const forget = useForget();
  const { name, project } = resource.metadata;
  const status = useStatus(kind, project, name);
  const owner = status.data?.owner;
  const act = async (): Promise<void> => {
    await send(itemPath(kind, project, name), { method: 'DELETE' });
    done?.();
    await forget(`${place(kind, project)}/${encodeURIComponent(name)}`);
  };
  return (
    <FormDialog title={`Delete ${kind.one} “${title(resource)}”?`} verb="Delete" danger disabled={status.isLoading || (owner && !owner.writable) === true} act={act} close={close}>
      {status.isLoading ? <Loading what="Where it comes from" /> : <Consequences kind={kind} name={name} status={status.data} />}
    </FormDialog>
  );
}

/** Consequences says what a deletion means. */
function Consequences({ kind, name, status }: { kind: Kind; name: string; status: ResourceStatus | undefined }): ReactElement {
  const owner = status?.owner;
  if (owner && !owner.writable) {
    return (
      <Typography>
        The source {owner.source} gives this {kind.one} ({owner.origin}). Delete it there, and it is deleted here; deleting it here alone would bring it back.
      </Typography>
    );
  }
  if (owner) return <Typography>The source {owner.source} gives this {kind.one}. It is writable at the moment, but the source will bring it back when it takes over again.</Typography>;
  if (kind === kinds.Project) return <ProjectContents name={name} />;
  return <Typography>Nothing manages this {kind.one}, so it is not brought back.</Typography>;
}

function ProjectContents({ name }: { name: string }): ReactElement {
  const documents = useGet<Document[]>(`/api/delivery/v1/documents${query({ project: name })}`);
  const dashboards = useGet<unknown[]>(`/api/v1/projects/${name}/dashboards?metadata_only=true`);
  const managed = documents.data?.filter((document) => document.name && document.kind !== 'Project').length ?? 0;
  const held = dashboards.data?.length;
  return (
    <>
      <Typography>Everything in the project goes with it{held ? `: ${held === 1 ? 'one dashboard' : `${held} dashboards`}, and its folders, variables, datasources and secrets` : ''}.</Typography>
      {managed > 0 && <Typography color="warning.main">Sources give {managed === 1 ? 'one resource' : `${managed} resources`} of this project. While they do, the server refuses to delete it.</Typography>}
    </>
  );
}
