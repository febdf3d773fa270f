import { list } from 'virtual:plugins';

interface Wanted {
  plugin: { name: string; moduleName: string };
}

/** usePluginRuntime stands in for that of @perses-dev/plugin-system, which fetches plugins at run time: ours are part of the build. */
export function usePluginRuntime({ plugin }: Wanted): { loadPlugin: () => Promise<unknown> } {
  const loadPlugin = async (): Promise<unknown> => {
    const found = list.find(({ resource }) => resource.metadata.name === plugin.moduleName);
    if (!found) throw new Error(`there is no plugin ${plugin.moduleName} in this build`);
    return found.importPlugin();
  };
  return { loadPlugin };
}
