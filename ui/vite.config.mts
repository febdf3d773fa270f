import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
// @ts-expect-error: plain JavaScript
import { licenses } from './build/licenses.mjs';
// @ts-expect-error: plain JavaScript, shared with scripts/
import { ownRuntime, pluginList } from './build/plugins.mjs';

const server = process.env['PERSEID'] ?? 'http://127.0.0.1:8080';

// What every page needs, and what draws charts.
const light = new RegExp(
  '/node_modules/(@mui/(material|system|utils|styled-engine|private-theming)|@emotion|@babel/runtime|@perses-dev/components/dist/theme|@popperjs|@remix-run|' +
    '@tanstack/(react-query|query-core|react-virtual|virtual-core)|clsx|hoist-non-react-statics|mdi-material-ui|prop-types|react|react-dom|react-is|react-router|' +
    'react-router-dom|react-transition-group|scheduler|stylis|use-sync-external-store)/|/src/(api|kit|layout)/|^\0',
);
const heavy = /\/node_modules\/(?!@perses-dev\/.+-plugin\/)/;

export default defineConfig({
  // Relative, so that one build serves under any api_prefix.
  base: './',
  plugins: [ownRuntime(), react(), pluginList(), licenses()],
  // @perses-dev/core speaks of `global` at run time.
  define: { global: 'globalThis' },
  resolve: {
    // The same icons, as modules: CommonJS ones cannot be put beside others in a chunk.
    alias: [{ find: /^mdi-material-ui\/(\w+)$/, replacement: 'mdi-material-ui/esm/$1' }],
    dedupe: ['react', 'react-dom', '@emotion/react', '@tanstack/react-query', 'react-router-dom', 'echarts'],
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The content security policy allows no data: scripts, and small files are cheap over one connection.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
    manifest: true,
    rolldownOptions: {
      output: {
        // What pages share goes into few files: a dashboard would ask for seventy otherwise.
        codeSplitting: {
          groups: [
            { name: 'base', test: light, minShareCount: 2, priority: 2 },
            // What writes YAML is for pages without charts too.
            { name: 'yaml', test: /\/node_modules\/yaml\//, priority: 2 },
            { name: 'charts', test: heavy, minShareCount: 3, priority: 1, includeDependenciesRecursively: false },
            // Small pieces that pages with charts share.
            { name: 'board', test: /\/@perses-dev\/(components|dashboards|explore|plugin-system)\//, minShareCount: 2, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': server, '/proxy': server } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
});
