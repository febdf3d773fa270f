import { useMemo } from 'react';
import type { VariableDefinition } from '@perses-dev/core';
import type { VariableProviderProps } from '@perses-dev/dashboards';

import { useGet } from '../api/queries';
import { kinds, listPath, type Resource } from '../api/resource';
import { used } from './used';

type External = NonNullable<VariableProviderProps['externalVariableDefinitions']>;
type Variable = Resource<{ kind: string; spec: Record<string, unknown> }>;

/** useExternalVariables gives the variables of a project and the global ones; undefined until they are there. */
export function useExternalVariables(project?: string): External | undefined {
  const ofProject = useGet<Variable[]>(project ? listPath(kinds.Variable, project) : undefined);
  const global = useGet<Variable[]>(listPath(kinds.GlobalVariable));
  const loading = (project && ofProject.isLoading) || global.isLoading;
  // The same array as long as the same is in it: another one draws the dashboard again.
  return useMemo(() => {
    if (loading) return undefined;
    const external: External = [];
    if (project && ofProject.data) {
      external.push({ source: 'project', tooltip: { title: 'Project', description: 'Variable of the project' }, editLink: `/projects/${project}/variables`, definitions: ofProject.data.map(define) });
    }
    if (global.data) {
      external.push({ source: 'global', tooltip: { title: 'Global', description: 'Global variable' }, editLink: '/admin/variables', definitions: global.data.map(define) });
    }
    return external;
  }, [loading, project, ofProject.data, global.data]);
}

/** define turns a variable that is a resource into one as dashboards have it: with its name inside. */
function define({ metadata, spec }: Variable): VariableDefinition {
  return { kind: spec.kind, spec: { ...spec.spec, name: metadata.name } } as unknown as VariableDefinition;
}

/** shownFor hides the variables that a dashboard does not mention: there they have an effect on nothing, and would take the place of those that have.
 *  They are still defined, so that an edit may begin to use them. */
export function shownFor(external: External, spec: unknown): External {
  const all = external.flatMap(({ definitions }) => definitions.map((definition) => ({ name: definition.spec.name, text: definition.spec })));
  const names = used(all, spec);
  const hide = (definition: VariableDefinition): VariableDefinition =>
    names.has(definition.spec.name) ? definition : ({ ...definition, spec: { ...definition.spec, display: { ...definition.spec.display, hidden: true } } } as VariableDefinition);
  return external.map((source) => ({ ...source, definitions: source.definitions.map(hide) }));
}
