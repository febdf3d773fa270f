// The plugins of Perses that the interface is built with: every dependency named @perses-dev/…-plugin. There is no other list.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => JSON.parse(readFileSync(`${root}/${path}`, 'utf8'));

/** plugins lists them as resources of kind PluginModule, in the form of GET /api/v1/plugins, with the package each is in. */
export function plugins() {
  const names = Object.keys(read('package.json').dependencies).filter((name) => /^@perses-dev\/.+-plugin$/.test(name));
  return names.sort().map((from) => {
    const { version, perses } = read(`node_modules/${from}/package.json`);
    const name = from.replace(/^@perses-dev\/|-plugin$/g, '');
    const spec = { schemasPath: perses.schemasPath ?? 'schemas', plugins: perses.plugins };
    const resource = { kind: 'PluginModule', metadata: { name, version, registry: 'perses.dev' }, spec, status: { isLoaded: true } };
    return { from, resource };
  });
}

const id = 'virtual:plugins';

/** pluginList is a plugin of Vite: `import { list } from 'virtual:plugins'` gives the plugins, each with a function that loads it. */
export function pluginList() {
  const entry = ({ from, resource }) => `{ resource: ${JSON.stringify(resource)}, importPlugin: () => import('${from}') }`;
  return {
    name: 'perseid-plugin-list',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) => (source === `\0${id}` ? `export const list = [\n${plugins().map(entry).join(',\n')}\n];` : undefined),
  };
}

/** ownRuntime has Perses' components load plugins out of the build where they would load them from a server, by module federation. */
export function ownRuntime() {
  const own = `${root}src/perses/plugin-runtime.ts`;
  return {
    name: 'perseid-own-runtime',
    enforce: 'pre',
    resolveId: (source, importer) => (source === './PluginRuntime' && importer?.includes('@perses-dev/plugin-system') ? own : undefined),
  };
}
