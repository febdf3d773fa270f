import { dynamicImportPluginLoader } from '@perses-dev/plugin-system';
import { list } from './perses/list';

/** pluginLoader loads the plugins of the list, each when it is first needed. */
export const pluginLoader = dynamicImportPluginLoader(list);
