import type { DatasourceSelector } from '@perses-dev/core';
import type { VariablePlugin } from '@perses-dev/plugin-system';

type Module = Record<string, unknown>;
type Context = Parameters<VariablePlugin['getVariableOptions']>[1];
type Spec = { datasource?: DatasourceSelector | string };

const kind = 'PrometheusDatasource';

/** following has the variables of the Prometheus plugin ask the datasource that a variable names. Their editor offers that ("$datasource"), and queries
 *  do it; variables of this version would take the text for a datasource, and would not wait for the other variable. */
export function following(module: Module): Module {
  return Object.fromEntries(Object.entries(module).map(([name, plugin]) => [name, isVariable(plugin) ? follow(plugin) : plugin]));
}

function isVariable(plugin: unknown): plugin is VariablePlugin<Spec> {
  return typeof (plugin as VariablePlugin | undefined)?.getVariableOptions === 'function';
}

function follow(plugin: VariablePlugin<Spec>): VariablePlugin<Spec> {
  return {
    ...plugin,
    getVariableOptions: async (spec, context) => plugin.getVariableOptions(await resolved(spec, context), context),
    dependsOn: (spec, context) => {
      const needs = plugin.dependsOn?.(spec, context) ?? {};
      const also = variableIn(spec);
      return { ...needs, variables: [...(needs.variables ?? []), ...(also ? [also] : [])] };
    },
  };
}

/** variableIn is the name of the variable that stands for the datasource; undefined if none does. */
function variableIn({ datasource }: Spec): string | undefined {
  return typeof datasource === 'string' ? /^\$\{?(\w+)/.exec(datasource)?.[1] : undefined;
}

/** resolved puts the datasource in the place of the variable. One that holds none means the default, as in queries. */
async function resolved(spec: Spec, { datasourceStore, variables }: Context): Promise<Spec> {
  const name = variableIn(spec);
  if (name === undefined) return spec;
  const groups = await datasourceStore.listDatasourceSelectItems(kind);
  const found = groups.flatMap(({ items }) => items).find((item) => item.name === variables[name]?.value);
  return { ...spec, datasource: { kind, ...(found?.selector.name ? { name: found.selector.name } : {}) } };
}
