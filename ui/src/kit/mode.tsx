import useMediaQuery from '@mui/material/useMediaQuery';
import { createContext, useContext, useMemo, useState, type ReactElement, type ReactNode } from 'react';

import { remember, remembered } from './memory';
import type { Mode } from './theme';

interface ModeSwitch {
  mode: Mode;
  toggle: () => void;
}

const Context = createContext<ModeSwitch>({ mode: 'light', toggle: () => undefined });

/** ModeProvider follows the system until somebody chose otherwise, and again once they chose what the system says. */
export function ModeProvider({ children }: { children: ReactNode }): ReactElement {
  const system: Mode = useMediaQuery('(prefers-color-scheme: dark)', { noSsr: true }) ? 'dark' : 'light';
  const [chosen, setChosen] = useState(() => remembered<Mode | null>('mode', null));
  const value = useMemo(() => {
    const mode = chosen ?? system;
    const toggle = (): void => {
      const other: Mode = mode === 'dark' ? 'light' : 'dark';
      const next = other === system ? null : other;
      setChosen(next);
      remember('mode', next);
    };
    return { mode, toggle };
  }, [chosen, system]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

/** useMode tells light from dark, and changes it. */
export function useMode(): ModeSwitch {
  return useContext(Context);
}
