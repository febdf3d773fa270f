import { useNavigate } from 'react-router-dom';

import { isStale, send } from '../api/request';
import { itemPath, listPath, type Resource } from '../api/resource';
import { useNotice } from '../kit/notice';
import { useForget } from '../kit/resource-dialogs';
import type { FormProps } from './page';

/** useWrite gives the function that creates or replaces the resource, on condition that it is still as it was read, and goes back to the list. */
export function useWrite({ subject, etag }: Pick<FormProps, 'subject' | 'etag'>): (resource: Resource) => Promise<void> {
  const { kind, project, name, list } = subject;
  const forget = useForget();
  const tell = useNotice();
  const navigate = useNavigate();
  return async (resource) => {
    try {
      if (name) await send(itemPath(kind, project, name), { method: 'PUT', body: resource, headers: etag ? { 'If-Match': etag } : {} });
      else await send(listPath(kind, project), { method: 'POST', body: resource });
    } catch (error) {
      if (isStale(error)) throw new Error(`This ${kind.one} was changed by somebody else since you opened it. Open it again to see how; copy what you wrote first.`);
      throw error;
    }
    await forget();
    tell('Saved');
    await navigate(list);
  };
}
