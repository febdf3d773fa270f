import { list } from './list';

// This module stands in for that of @perses-dev/plugin-system which fetches plugins from a server when they are needed, by module
// federation: ours are part of the build. See build/plugins.mjs.

/** loadPlugin gives what a plugin module exports. */
export async function loadPlugin(moduleName: string): Promise<Record<string, unknown>> {
  const found = list.find(({ resource }) => resource.metadata.name === moduleName);
  if (!found) throw new Error(`there is no plugin ${moduleName} in this build`);
  return (await found.importPlugin()) as Record<string, unknown>;
}

interface Wanted {
  plugin: { name: string; moduleName: string };
}

/** usePluginRuntime gives the function that loads the module of a plugin. */
export function usePluginRuntime({ plugin }: Wanted): { loadPlugin: () => Promise<unknown> } {
  return { loadPlugin: () => loadPlugin(plugin.moduleName) };
}
