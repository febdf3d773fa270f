import { describe, expect, it } from 'vitest';

import { following } from './following';

type Options = (spec: unknown, context: unknown) => Promise<unknown>;

const plugin = {
  getVariableOptions: async (spec: unknown) => spec,
  dependsOn: () => ({ variables: ['job'] }),
};
const module = following({ Labels: plugin, Other: 'untouched' }) as { Labels: { getVariableOptions: Options; dependsOn: (spec: unknown, context: unknown) => unknown }; Other: string };
const context = (value: unknown) => ({
  variables: { ds: { value, loading: false } },
  datasourceStore: { listDatasourceSelectItems: async () => [{ items: [{ name: 'second', selector: { kind: 'PrometheusDatasource', name: 'second' } }] }] },
});

describe('following', () => {
  it('asks the datasource that a variable names, and waits for it', async () => {
    expect(await module.Labels.getVariableOptions({ datasource: '$ds', labelName: 'x' }, context('second'))).toEqual({ datasource: { kind: 'PrometheusDatasource', name: 'second' }, labelName: 'x' });
    expect(module.Labels.dependsOn({ datasource: '$ds' }, context('second'))).toEqual({ variables: ['job', 'ds'] });
  });
  it('asks the default where the variable holds no datasource', async () => {
    expect(await module.Labels.getVariableOptions({ datasource: '$ds' }, context('gone'))).toEqual({ datasource: { kind: 'PrometheusDatasource' } });
  });
  it('leaves other things as they are', async () => {
    const fixed = { datasource: { kind: 'PrometheusDatasource', name: 'one' } };
    expect(await module.Labels.getVariableOptions(fixed, context('second'))).toEqual(fixed);
    expect(module.Labels.dependsOn(fixed, context('second'))).toEqual({ variables: ['job'] });
    expect(module.Other).toBe('untouched');
  });
});
