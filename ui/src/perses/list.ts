import type { DynamicImportPlugin } from '@perses-dev/plugin-system';
import { list as built } from 'virtual:plugins';

import { following } from './following';

/** list is the plugins of Perses that are part of the build, each with what loads it when it is first needed. It is made in build/plugins.mjs. */
export const list: DynamicImportPlugin[] = built.map((entry) =>
  entry.resource.metadata.name === 'prometheus' ? { ...entry, importPlugin: async () => following((await entry.importPlugin()) as Record<string, unknown>) } : entry,
);
