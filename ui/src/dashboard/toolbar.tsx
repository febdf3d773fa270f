import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import type { DashboardResource, EphemeralDashboardResource } from '@perses-dev/core';
import { AddGroupButton, AddPanelButton, DashboardStickyToolbar, EditDatasourcesButton, EditVariablesButton, SaveDashboardButton } from '@perses-dev/dashboards';
import { TimeRangeControls } from '@perses-dev/plugin-system';
import Pencil from 'mdi-material-ui/PencilOutline';
import { useState, type ReactElement } from 'react';

import type { Owner } from '../api/delivery';
import { useConfig } from '../api/queries';
import { kinds, place, title } from '../api/resource';
import { FormDialog } from '../kit/form-dialog';
import { Managed } from '../kit/managed';
import { Crumbs } from '../kit/page';
import type { Lock } from './board';
import { CopyYaml, DownloadPatch, SaveCopy } from './copies';
import type { Stored } from './editor';
import { Favourite } from './favourite';
import { More } from './more';
import type { Dashboard } from './shown';

interface ToolbarProps {
  stored: Stored;
  owner: Owner | undefined;
  locked: Lock;
  editing: boolean;
  dirty: boolean;
  /** What is edited, put into what is stored. */
  edited: () => Dashboard;
  onEdit: () => void;
  onStop: () => void;
  onSave: (dashboard: DashboardResource | EphemeralDashboardResource) => Promise<void>;
}

/** Toolbar is what stands above the panels: where we are, what can be done, variables and time. */
export function Toolbar(props: ToolbarProps): ReactElement {
  const { stored, owner, editing } = props;
  const { metadata } = stored.dashboard;
  const project = metadata.project ?? '';
  return (
    <Box sx={{ flexShrink: 0 }}>
      <Stack direction="row" sx={{ px: 2, pt: 1.25, pb: 0.5, gap: 1, alignItems: 'center', flexWrap: 'wrap', bgcolor: editing ? 'action.selected' : undefined }}>
        <Box sx={{ minWidth: 0 }}>
          <Crumbs crumbs={[{ to: `/projects/${project}`, text: project }]} />
          <Stack direction="row" sx={{ gap: 1.25, alignItems: 'center', flexWrap: 'wrap' }}>
            <Typography variant="h1" sx={{ overflowWrap: 'anywhere' }}>
              {title(stored.dashboard)}
            </Typography>
            <Favourite project={project} name={metadata.name} title={title(stored.dashboard)} />
            {owner && <Managed owner={owner} details={`/delivery/resources${place(kinds.Dashboard, project)}/${metadata.name}`} />}
          </Stack>
        </Box>
        <Box sx={{ flexGrow: 1 }} />
        {editing ? <EditActions {...props} /> : <ViewActions {...props} />}
      </Stack>
      <Stack direction={{ xs: 'column', md: 'row' }} sx={{ px: 2, pt: 1, gap: 1, alignItems: { md: 'flex-start' } }}>
        <Box sx={{ flexGrow: 1, minWidth: 0 }}>
          <DashboardStickyToolbar initialVariableIsSticky={false} sx={{ backgroundColor: 'background.default' }} />
        </Box>
        <Stack direction="row" sx={{ gap: 1, mt: 1, flexWrap: 'wrap' }}>
          <TimeRangeControls />
        </Stack>
      </Stack>
    </Box>
  );
}

function ViewActions({ stored, locked, onEdit }: ToolbarProps): ReactElement {
  const copy = locked?.kind === 'managed' || locked?.kind === 'readonly';
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
      {copy && <CopyYaml dashboard={() => stored.dashboard} />}
      {locked?.kind !== 'unknown' && (
        <Tooltip describeChild title={copy ? `${locked.reason}. Try changes out here, and take them with you.` : ''}>
          <Button onClick={onEdit} startIcon={<Pencil />} variant="outlined" color="secondary">
            {copy ? 'Edit a copy' : 'Edit'}
          </Button>
        </Tooltip>
      )}
      <More dashboard={stored.dashboard} etag={stored.etag} locked={locked} />
    </Stack>
  );
}

function EditActions(props: ToolbarProps): ReactElement {
  const { locked, dirty, onStop, onSave } = props;
  const [asking, setAsking] = useState(false);
  const config = useConfig().data;
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
      {!config?.variable?.disable_local && <EditVariablesButton />}
      {!config?.datasource?.disable_local && <EditDatasourcesButton />}
      <AddPanelButton />
      <AddGroupButton />
      {locked ? <CopyActions {...props} /> : <SaveDashboardButton onSave={(dashboard) => onSave(dashboard)} isDisabled={false} />}
      <Button variant="outlined" onClick={() => (dirty ? setAsking(true) : onStop())}>
        {locked ? 'Close' : 'Cancel'}
      </Button>
      {asking && (
        <FormDialog title="Discard your changes?" verb="Discard" danger act={async () => onStop()} close={() => setAsking(false)}>
          <Typography>The dashboard is shown as it is stored again.</Typography>
        </FormDialog>
      )}
    </Stack>
  );
}

function CopyActions({ stored, owner, edited }: ToolbarProps): ReactElement {
  return (
    <>
      <CopyYaml dashboard={edited} />
      <DownloadPatch before={stored.dashboard} after={edited} origin={owner?.origin} />
      <SaveCopy dashboard={edited} />
    </>
  );
}

