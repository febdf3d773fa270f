import { stringify } from 'yaml';

/** declared is a resource without what the server counts and dates: what a file would say. Fields that nobody knows stay. */
export function declared(resource: unknown): unknown {
  if (typeof resource !== 'object' || resource === null || !('metadata' in resource)) return resource;
  const { createdAt, updatedAt, version, ...metadata } = resource.metadata as Record<string, unknown>;
  return { ...resource, metadata };
}

/** yamlOf writes a resource as a file would; nothing of what is not there. */
export function yamlOf(resource: unknown): string {
  return resource === undefined || resource === null ? '' : stringify(declared(resource), { lineWidth: 0 });
}
