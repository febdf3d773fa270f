// Plugins are part of our bundle. @perses-dev/plugin-system imports the loader of federated ones all the same, which needs
// `eval` and so a weaker content security policy; whoever calls it is told.
export function createInstance() {
  throw new Error('plugins cannot be loaded at run time: they are built into the interface');
}
