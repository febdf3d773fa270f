import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import ContentCopy from 'mdi-material-ui/ContentCopy';
import Download from 'mdi-material-ui/FileDownloadOutline';
import { useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router-dom';

import { send } from '../api/request';
import { kinds, listPath, title } from '../api/resource';
import { nameOf } from '../kit/name';
import { useNotice } from '../kit/notice';
import { FormDialog } from '../kit/form-dialog';
import { unifiedDiff } from '../kit/diff';
import type { Dashboard } from './shown';
import { download, yaml } from './text';

/** CopyYaml puts the dashboard as one would declare it on the clipboard. */
export function CopyYaml({ dashboard }: { dashboard: () => Dashboard }): ReactElement {
  const copy = useCopyYaml();
  return (
    <Button variant="outlined" color="secondary" startIcon={<ContentCopy />} onClick={() => void copy(dashboard())}>
      Copy as YAML
    </Button>
  );
}

/** useCopyYaml gives the function that does so. Where the clipboard is out of reach, as it is without TLS, it gives a file. */
export function useCopyYaml(): (dashboard: Dashboard) => Promise<void> {
  const tell = useNotice();
  return async (dashboard) => {
    try {
      await navigator.clipboard.writeText(yaml(dashboard));
      tell('Copied');
    } catch {
      download(`${dashboard.metadata.name}.yaml`, yaml(dashboard));
      tell('The browser gave no access to the clipboard: saved as a file instead', 'info');
    }
  };
}

interface PatchProps {
  before: Dashboard;
  after: () => Dashboard;
  origin: string | undefined;
}

/** DownloadPatch gives what was changed as a patch, for whoever keeps the file. */
export function DownloadPatch({ before, after, origin }: PatchProps): ReactElement {
  const tell = useNotice();
  const save = (): void => {
    const patch = unifiedDiff(origin ?? `${before.metadata.name}.yaml`, yaml(before), yaml(after()));
    if (patch) download(`${before.metadata.name}.patch`, patch);
    else tell('Nothing was changed yet', 'info');
  };
  return (
    <Button variant="outlined" color="secondary" startIcon={<Download />} onClick={save}>
      Download patch
    </Button>
  );
}

/** SaveCopy stores the dashboard under another name, which nobody manages. */
export function SaveCopy({ dashboard }: { dashboard: () => Dashboard }): ReactElement {
  const [copied, setCopied] = useState<Dashboard>();
  return (
    <>
      <Button variant="contained" onClick={() => setCopied(dashboard())}>
        Save as…
      </Button>
      {copied && <CopyDialog dashboard={copied} close={() => setCopied(undefined)} />}
    </>
  );
}

/** CopyDialog asks for the title of a copy, and stores it. */
export function CopyDialog({ dashboard, close }: { dashboard: Dashboard; close: () => void }): ReactElement {
  const [text, setText] = useState(`${title(dashboard)} (copy)`);
  const navigate = useNavigate();
  const project = dashboard.metadata.project ?? '';
  const name = nameOf(text);
  const act = async (): Promise<void> => {
    const { metadata, spec } = dashboard;
    const copy = { kind: 'Dashboard', metadata: { name, project, ...(metadata.tags ? { tags: metadata.tags } : {}) }, spec: { ...spec, display: { ...spec.display, name: text } } };
    await send(listPath(kinds.Dashboard, project), { method: 'POST', body: copy });
    await navigate(`/projects/${project}/dashboards/${name}`);
  };
  return (
    <FormDialog title="Save as a new dashboard" verb="Save" disabled={!name} act={act} close={close}>
      <TextField autoFocus label="Title" value={text} onChange={(e) => setText(e.target.value)} helperText={`Its name will be ${name || '…'}. Nothing manages a copy: it can be edited here.`} />
    </FormDialog>
  );
}
