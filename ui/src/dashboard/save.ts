import type { DashboardResource, EphemeralDashboardResource } from '@perses-dev/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import { isStale, send, type Answer } from '../api/request';
import { itemPath, kinds } from '../api/resource';
import { useNotice } from '../kit/notice';
import type { ConflictProps } from './conflict';
import type { EditorProps, Stored } from './editor';
import { merge } from './merge';
import type { Dashboard } from './shown';

type Edited = DashboardResource | EphemeralDashboardResource;

/** Saving is how what is edited gets to the server. */
export interface Saving {
  /** The ETag of what the editor stands on. */
  etag: string | null;
  /** What a save would write. */
  merged: () => Dashboard;
  /** Writes it; throws where that failed, so that the editor stays open. */
  save: (edited: Edited) => Promise<void>;
  conflict: ConflictProps | undefined;
}

/** put writes a dashboard, on condition that it is still the one of that ETag. */
async function put(dashboard: Dashboard, etag: string | null): Promise<Answer<Dashboard>> {
  const { project, name } = dashboard.metadata;
  // The server keeps what an editor does not know, too: a second net below merge.
  const headers: Record<string, string> = etag ? { 'If-Match': etag, 'Perseid-Keep-Unknown': 'true' } : {};
  return send<Dashboard>(itemPath(kinds.Dashboard, project, name), { method: 'PUT', body: dashboard, headers });
}

/** useSave writes changes into what is stored, so that nothing is lost that the editor does not know, and asks where that is another one by now. */
export function useSave({ stored, changed }: EditorProps, current: Edited): Saving {
  const [base, setBase] = useState<Stored>(stored);
  // What the editor made of what is stored: the difference to that is what somebody changed.
  const before = useRef<Edited>(current);
  const [conflict, setConflict] = useState<ConflictProps>();
  const queries = useQueryClient();
  const tell = useNotice();
  const path = itemPath(kinds.Dashboard, base.dashboard.metadata.project, base.dashboard.metadata.name);

  const written = (answer: Answer<Dashboard>, edited: Edited): void => {
    queries.setQueryData([path], answer);
    setBase({ dashboard: answer.data, etag: answer.etag });
    before.current = structuredClone(edited);
    const kept = answer.headers.get('Perseid-Kept');
    tell(kept ? `Saved. The server kept what the editor does not know: ${kept}` : 'Saved');
  };
  /** mergeInto puts the changes into the version that somebody else wrote meanwhile. */
  const mergeInto = async (edited: Edited): Promise<void> => {
    const latest = await send<Dashboard>(path);
    await put(merge(latest.data, before.current, edited), latest.etag);
    setConflict(undefined);
    changed();
    tell('Saved, with the changes of both');
  };
  const save = async (edited: Edited): Promise<void> => {
    try {
      written(await put(merge(base.dashboard, before.current, edited), base.etag), edited);
    } catch (error) {
      if (isStale(error)) setConflict({ merge: () => mergeInto(edited), reload: changed, close: () => setConflict(undefined) });
      else tell((error as Error).message, 'error');
      throw error;
    }
  };
  return { etag: base.etag, merged: () => merge(base.dashboard, before.current, current), save, conflict };
}
