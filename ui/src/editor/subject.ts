import { useParams } from 'react-router-dom';

import { globalKind } from '../admin/kind';
import { kindOf, kinds, place, type Kind } from '../api/resource';

/** Subject is what a page of an editor is about. Without a name it is a new resource. */
export interface Subject {
  kind: Kind | undefined;
  project: string | undefined;
  name: string | undefined;
  /** The list it is in: where to go back to. */
  list: string;
}

/** useSubject reads it from the address. */
export function useSubject(): Subject {
  const { project, plural = '', name } = useParams();
  if (!project) {
    const kind = globalKind(plural);
    return { kind, project: undefined, name, list: kind === kinds.Project ? '/projects' : `/admin/${kind.plural}` };
  }
  const kind = kindOf(plural);
  return { kind: kind?.project ? kind : undefined, project, name, list: kind ? place(kind, project) : `/projects/${project}` };
}
