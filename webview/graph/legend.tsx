import type { JSX } from 'preact';
import { Value } from '../figure.js';
import { t } from '../format/text.js';
import { pageState } from '../state/pageState.js';
import { measured } from './graphState.js';
import { faintest, opacityOf } from './heat.js';
import { metricFigure, metricProvenance } from './metricFigure.js';

/** What the fill of an item means. */
export function Legend(): JSX.Element {
  const { metric } = pageState.value.graph;
  const known = measured.value?.metric === metric ? measured.value : null;
  const scale = known?.scale ?? null;
  const provenance = metricProvenance[metric];
  return (
    <div class="graph-legend">
      <div class="graph-legend-title">{t(`page.graph.metric.${metric}`)}</div>
      {scale ? (
        <>
          <div class="graph-ramp" aria-hidden="true">
            {[faintest, 0.3, 0.5, 0.75, 1].map((level) => (
              <span key={level}>
                <span style={{ opacity: opacityOf(level) }} />
              </span>
            ))}
          </div>
          <div class="graph-ends">
            <Value figure={metricFigure(metric, scale.from)} provenance={provenance} />
            <Value figure={metricFigure(metric, scale.to)} provenance={provenance} />
          </div>
          {known!.state === 'partly' && <div class="quiet">{t('page.graph.legend.partly')}</div>}
        </>
      ) : (
        <div class="quiet">{known ? t('page.graph.legend.missing') : '\u00a0'}</div>
      )}
    </div>
  );
}
