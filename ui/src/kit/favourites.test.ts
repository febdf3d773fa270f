import { describe, expect, it } from 'vitest';

import { isFavourite, toggled } from './favourites';

const cpu = { project: 'a', name: 'cpu', title: 'CPU' };
const disk = { project: 'a', name: 'disk', title: 'Disk' };

describe('favourites', () => {
  it('are sorted by title', () => {
    expect(toggled([disk], cpu)).toEqual([cpu, disk]);
  });
  it('end when they are toggled again, by what they were called then, too', () => {
    expect(toggled([cpu, disk], { ...cpu, title: 'Processor' })).toEqual([disk]);
  });
  it('are those of a project', () => {
    expect(isFavourite([cpu], 'a', 'cpu')).toBe(true);
    expect(isFavourite([cpu], 'b', 'cpu')).toBe(false);
  });
});
