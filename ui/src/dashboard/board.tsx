import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import { ChartsProvider, ErrorAlert, ErrorBoundary, useChartsTheme } from '@perses-dev/components';
import { Dashboard as Panels, DeletePanelDialog, DeletePanelGroupDialog, PanelDrawer, PanelGroupDialog, SaveChangesConfirmationDialog, useDashboard, useEditMode } from '@perses-dev/dashboards';
import { useDatasourceStore } from '@perses-dev/plugin-system';
import { useEffect, useRef, useState, type ReactElement } from 'react';

import { useConfig } from '../api/queries';
import { Conflict } from './conflict';
import type { EditorProps } from './editor';
import { Leave } from './leave';
import { same } from './merge';
import { useSave } from './save';
import { uneditable } from './shown';
import { Toolbar } from './toolbar';

/** Board is the dashboard itself: toolbar, panels, and the dialogs of the editor. */
export function Board(props: EditorProps): ReactElement {
  const { stored, owner, changed } = props;
  const { dashboard } = useDashboard();
  const { isEditMode, setEditMode } = useEditMode();
  const { setSavedDatasources } = useDatasourceStore();
  const save = useSave(props, dashboard);
  const chartsTheme = useChartsTheme();
  const locked = useLock(props);
  const [began, setBegan] = useState(dashboard);
  const dirty = isEditMode && !same(plain(began), plain(dashboard));

  // What was read again because it changed is drawn anew, unless somebody is working on what it was.
  const outdated = stored.etag !== save.etag;
  useEffect(() => {
    if (outdated && !isEditMode) changed();
  }, [outdated, isEditMode, changed]);

  const edit = (): void => {
    setBegan(dashboard);
    setSavedDatasources(dashboard.spec.datasources ?? {});
    setEditMode(true);
  };
  // Discarding begins anew: putting the old dashboard back would leave variables without the values that panels wait for.
  const stop = (): void => {
    setEditMode(false);
    if (dirty) changed();
  };
  return (
    <>
      <Toolbar stored={stored} owner={owner} locked={locked} editing={isEditMode} dirty={dirty} edited={save.merged} onEdit={edit} onStop={stop} onSave={save.save} />
      {isEditMode && outdated && <Alert severity="warning">This dashboard was changed by somebody else since you began to edit it. You will be asked what to do when you save.</Alert>}
      <Box sx={{ flexGrow: 1, pt: 2, px: 2, pb: 2 }}>
        <ErrorBoundary FallbackComponent={ErrorAlert}>
          <Panels emptyDashboardProps={locked ? { actions: false, description: 'This dashboard is empty.' } : { onEditButtonClick: edit }} />
        </ErrorBoundary>
        <ChartsProvider chartsTheme={chartsTheme} enablePinning={false} enableSyncGrouping={false}>
          <PanelDrawer />
        </ChartsProvider>
        <PanelGroupDialog />
        <DeletePanelGroupDialog />
        <DeletePanelDialog />
        <SaveChangesConfirmationDialog />
      </Box>
      <Leave dirty={dirty} />
      {save.conflict && <Conflict {...save.conflict} />}
    </>
  );
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Lock says why a dashboard cannot be saved; copies of it can. */
export type Lock = { reason: string; kind: 'managed' | 'readonly' | 'unknown' } | undefined;

function useLock({ stored, owner }: EditorProps): Lock {
  const readonly = useConfig().data?.security?.readonly;
  const first = useRef(uneditable(stored.dashboard));
  if (first.current) return { reason: first.current, kind: 'unknown' };
  if (readonly) return { reason: 'This server is read-only.', kind: 'readonly' };
  if (owner && !owner.writable) return { reason: `Managed by ${owner.source}`, kind: 'managed' };
  return undefined;
}
