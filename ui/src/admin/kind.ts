import { kinds, type Kind } from '../api/resource';

/** globalKind finds a kind without project by how paths call it: by its plural, or as in Perses without “global”. */
export function globalKind(plural: string | undefined): Kind {
  const all: Kind[] = [kinds.GlobalDatasource, kinds.GlobalVariable, kinds.GlobalSecret, kinds.Project];
  return all.find((kind) => kind.plural === plural || kind.plural === `global${plural}`) ?? kinds.GlobalDatasource;
}
