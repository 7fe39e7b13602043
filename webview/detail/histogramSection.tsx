import type { ComponentChildren, ComponentProps, JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { ChartExport } from '../charts/chartExport.js';
import { Dropdown } from '../controls.js';
import { t } from '../format/text.js';
import { changePageState, pageState } from '../state/pageState.js';
import { Disclosure } from './disclosure.js';
import { HistogramChart } from './histogramChart.js';
import { HistogramTable } from './histogramTable.js';

type Chart = Omit<ComponentProps<typeof HistogramChart>, 'scale'>;

/** A large histogram with its scale and its exports, what goes with it, and the table behind it. */
export function HistogramSection(
  props: Chart & {
    /** What the exports are called and begin their names with, and the tables among them. */
    readonly exports: Omit<ComponentProps<typeof ChartExport>, 'find'>;
    readonly counted: ComponentProps<typeof HistogramTable>['counted'];
    readonly children?: ComponentChildren;
  },
): JSX.Element {
  const { exports, counted, children, ...histogram } = props;
  const { logCounts } = pageState.value;
  const chart = useRef<HTMLDivElement>(null);
  return (
    <>
      <div class="detail-bar">
        <h3>{t('page.detail.histogram')}</h3>
        <ChartExport {...exports} find={() => chart.current?.querySelector('svg')} />
        <Dropdown
          label={t('page.detail.scale')}
          class="scale"
          value={logCounts ? 'log' : 'linear'}
          options={[
            { value: 'linear', text: t('page.detail.scale.linear') },
            { value: 'log', text: t('page.detail.scale.log') },
          ]}
          onChange={(scale) => changePageState({ logCounts: scale === 'log' })}
        />
      </div>
      <div ref={chart}>
        <HistogramChart {...histogram} scale={logCounts ? 'log' : 'linear'} />
      </div>
      {children}
      <Disclosure title={t('page.detail.table')}>
        {() => <HistogramTable histogram={histogram.tensor.histogram} counted={counted} />}
      </Disclosure>
    </>
  );
}
