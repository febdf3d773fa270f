import './echarts-fix';

import { useTheme } from '@mui/material/styles';
import { ChartsProvider, generateChartsTheme, SnackbarProvider, type TimeOption } from '@perses-dev/components';
import type { DurationString } from '@perses-dev/core';
import { PluginRegistry, ReactRouterProvider, TimeRangeSettingsProvider, ValidationProvider } from '@perses-dev/plugin-system';
import { useMemo, type ReactElement, type ReactNode } from 'react';
import { QueryParamProvider } from 'use-query-params';
import { ReactRouter6Adapter } from 'use-query-params/adapters/react-router-6';

import { useConfig, type Config } from '../api/queries';
import { pluginLoader } from '../plugins';
import { useNames } from './names';

/** Providers is what Perses' components need around them. The order is theirs. */
export function Providers({ children }: { children: ReactNode }): ReactElement {
  const theme = useTheme();
  useNames();
  const chartsTheme = useMemo(() => generateChartsTheme(theme, {}), [theme]);
  const settings = timeRange(useConfig().data);
  return (
    <ChartsProvider chartsTheme={chartsTheme} enablePinning={false} enableSyncGrouping>
      <SnackbarProvider anchorOrigin={{ vertical: 'bottom', horizontal: 'left' }}>
        <QueryParamProvider adapter={ReactRouter6Adapter}>
          <ReactRouterProvider>
            <PluginRegistry pluginLoader={pluginLoader} defaultPluginKinds={{ Panel: 'TimeSeriesChart', TimeSeriesQuery: 'PrometheusTimeSeriesQuery' }}>
              <ValidationProvider>
                <TimeRangeSettingsProvider {...settings}>{children}</TimeRangeSettingsProvider>
              </ValidationProvider>
            </PluginRegistry>
          </ReactRouterProvider>
        </QueryParamProvider>
      </SnackbarProvider>
    </ChartsProvider>
  );
}

/** timeRange reads frontend.time_range of the configuration. */
function timeRange(config: Config | undefined): { showCustom: boolean; showZoomButtons: boolean; options?: TimeOption[] } {
  const { disable_custom: noCustom, disable_zoom: noZoom, options } = config?.frontend?.time_range ?? {};
  const offer = options?.map((past) => ({ value: { pastDuration: past as DurationString }, display: `Last ${past}` }));
  return { showCustom: !noCustom, showZoomButtons: !noZoom, ...(offer ? { options: offer } : {}) };
}
