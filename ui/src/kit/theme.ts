import type { Theme } from '@mui/material/styles';
// The theme alone: the index of this package would bring the chart libraries to pages that draw no chart.
import { getTheme } from '@perses-dev/components/dist/theme';

export type Mode = 'light' | 'dark';

/** themeOf is the theme of all pages: that of Perses' components, so that dashboards look at home. */
export function themeOf(mode: Mode): Theme {
  const base = getTheme(mode);
  return getTheme(mode, {
    shape: { borderRadius: 6 },
    palette: { ...base.palette, text: { ...base.palette.text, ...(mode === 'dark' ? { secondary: 'rgba(255, 255, 255, .66)' } : {}) }, divider: mode === 'light' ? 'rgba(20, 24, 48, .12)' : 'rgba(255, 255, 255, .12)' },
    components: {
      ...base.components,
      MuiCssBaseline: { styleOverrides: { body: { scrollbarGutter: 'stable' }, ':focus-visible': { outlineOffset: '2px' } } },
      MuiChip: { styleOverrides: { icon: { color: 'inherit' } } },
      MuiTooltip: { defaultProps: { enterDelay: 400 } },
      MuiButton: { defaultProps: { disableElevation: true } },
      MuiLink: { defaultProps: { underline: 'hover' } },
    },
  });
}
