import type { JSX } from 'preact';
import type { Disagreements } from '../../src/evaluate/comparison.js';
import { Value } from '../figure.js';
import { real, whole } from '../format/figures.js';
import { t } from '../format/text.js';

/** Samples for which the models choose different classes, the most decided first. */
export function DisagreementTable({ disagreements }: { readonly disagreements: Disagreements }): JSX.Element {
  const { worst } = disagreements;
  const hasRows = worst.some(({ row }) => row > 0);
  const hasLabels = worst.some(({ label }) => label !== undefined);
  const titles = [
    t('page.compare.disagree.sample'),
    ...(hasRows ? [t('page.compare.disagree.row')] : []),
    t('page.compare.before'),
    t('page.compare.after'),
    ...(hasLabels ? [t('page.compare.disagree.label')] : []),
  ];
  return (
    <table class="plain disagreements" aria-label={t('page.compare.disagree')}>
      <thead>
        <tr>
          {titles.map((title) => (
            <th key={title} scope="col" class="numeric">
              {title}
            </th>
          ))}
          <th scope="col" class="numeric" title={t('page.compare.disagree.gap.name')}>
            {t('page.compare.disagree.gap')}
          </th>
        </tr>
      </thead>
      <tbody>
        {worst.map(({ sample, row, classA, classB, label, gap }) => (
          <tr key={`${sample} ${row}`}>
            <th scope="row" class="numeric">
              <Value figure={whole(sample)} />
            </th>
            {hasRows && <td class="numeric">{row}</td>}
            <td class="numeric">{classA < 0 ? t('page.unknown') : classA}</td>
            <td class="numeric">{classB < 0 ? t('page.unknown') : classB}</td>
            {hasLabels && <td class="numeric">{label ?? ''}</td>}
            <td class="numeric">
              <Value figure={real(gap)} provenance="measured" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
