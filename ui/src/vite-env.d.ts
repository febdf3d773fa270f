/// <reference types="vite/client" />

declare module 'virtual:plugins' {
  import type { DynamicImportPlugin } from '@perses-dev/plugin-system';
  export const list: DynamicImportPlugin[];
}
