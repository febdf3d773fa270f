import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
// @ts-expect-error: plain JavaScript, shared with scripts/
import { ownRuntime, pluginList } from './build/plugins.mjs';

const server = process.env['PERSEID'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  // Relative, so that one build serves under any api_prefix.
  base: './',
  plugins: [ownRuntime(), react(), pluginList()],
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
  },
  server: { proxy: { '/api': server, '/proxy': server } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
});
