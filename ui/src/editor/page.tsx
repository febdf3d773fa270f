import Alert from '@mui/material/Alert';
import { lazy, Suspense, type ReactElement } from 'react';

import { useConfig, useItem, useStatus } from '../api/queries';
import { kinds, title, type Kind, type Resource } from '../api/resource';
import { Managed } from '../kit/managed';
import { Page } from '../kit/page';
import { Empty, Failure, Loading } from '../kit/states';
import { place } from '../api/resource';
import { template } from './template';
import { useSubject, type Subject } from './subject';

const Source = lazy(async () => ({ default: (await import('./source')).Source }));
const Datasource = lazy(async () => ({ default: (await import('./datasource')).Datasource }));
const Variable = lazy(async () => ({ default: (await import('./variable')).Variable }));

/** FormProps is what each editor gets: the resource, and whether there may be a save. */
export interface FormProps {
  subject: Subject & { kind: Kind };
  resource: Resource;
  /** null where the resource is a new one. */
  etag: string | null;
  readonly: boolean;
}

/** Component edits one resource, in the form that is made for its kind, or as text. */
export function Component(): ReactElement {
  return <EditorPage form={formOf} />;
}

/** EditorPage is the frame of an editor: what is edited, where it comes from, and whether it may be written. */
export function EditorPage({ form }: { form: (kind: Kind) => (props: FormProps) => ReactElement }): ReactElement {
  const subject = useSubject();
  const { kind, project, name, list } = subject;
  const crumbs = [...(project ? [{ to: `/projects/${project}`, text: project }] : []), { to: list, text: kind?.many ?? list }];
  if (!kind) {
    return (
      <Page title="Nothing here">
        <Empty title="There are no resources of this kind" />
      </Page>
    );
  }
  if (!name) {
    const Form = form(kind);
    return (
      <Page title={`New ${kind.one}`} crumbs={crumbs}>
        <Suspense fallback={<Loading />}>
          <Form subject={{ ...subject, kind }} resource={template(kind, project)} etag={null} readonly={false} />
        </Suspense>
      </Page>
    );
  }
  return <Existing key={`${kind.name}/${name}`} subject={{ ...subject, kind }} name={name} crumbs={crumbs} form={form} />;
}

interface ExistingProps {
  subject: Subject & { kind: Kind };
  name: string;
  crumbs: Array<{ to: string; text: string }>;
  form: (kind: Kind) => (props: FormProps) => ReactElement;
}

function Existing({ subject, name, crumbs, form }: ExistingProps): ReactElement {
  const { kind, project } = subject;
  const item = useItem<{ display?: { name?: string } }>(kind, project, name);
  const status = useStatus(kind, project, name);
  const readOnlyServer = useConfig().data?.security?.readonly === true;
  const owner = status.data?.owner;
  const locked = owner !== undefined && !owner.writable;
  const Form = form(kind);
  const resource = item.data?.data;
  return (
    <Page title={resource ? title(resource) : name} crumbs={crumbs} beside={owner && <Managed owner={owner} details={`/delivery/resources${place(kind, project)}/${name}`} />}>
      {item.error && !resource && <Failure error={item.error} retry={() => void item.refetch()} />}
      {locked && (
        <Alert severity="info" sx={{ mb: 2 }}>
          {owner.source} gives this {kind.one}. It is changed in {owner.origin}, not here.
        </Alert>
      )}
      {resource && !status.isLoading && (
        <Suspense fallback={<Loading />}>
          <Form subject={subject} resource={resource as Resource} etag={item.data!.etag} readonly={locked || readOnlyServer} />
        </Suspense>
      )}
    </Page>
  );
}

function formOf(kind: Kind): (props: FormProps) => ReactElement {
  if (kind === kinds.Datasource || kind === kinds.GlobalDatasource) return (props) => <Datasource {...props} />;
  if (kind === kinds.Variable || kind === kinds.GlobalVariable) return (props) => <Variable {...props} />;
  return (props) => <Source {...props} />;
}
