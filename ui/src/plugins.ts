import { dynamicImportPluginLoader } from '@perses-dev/plugin-system';
import { list } from 'virtual:plugins';

/** pluginLoader loads the plugins of Perses that are part of the build, each when it is first needed. The list is made in build/plugins.mjs. */
export const pluginLoader = dynamicImportPluginLoader(list);
