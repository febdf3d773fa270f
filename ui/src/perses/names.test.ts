import { describe, expect, it } from 'vitest';

import { nameOfIcon } from './names';

describe('nameOfIcon', () => {
  it('says what is done', () => {
    expect(nameOfIcon('PlusIcon')).toBe('Add');
    expect(nameOfIcon('ChevronRightIcon')).toBe('Expand');
  });
  it('says what is shown where that is all that is known', () => {
    expect(nameOfIcon('DatabaseSearchIcon')).toBe('Database search');
    expect(nameOfIcon('Refresh')).toBe('Refresh');
  });
});
