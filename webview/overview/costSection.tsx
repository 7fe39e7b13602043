import type { ComponentChildren, JSX } from 'preact';
import type { ModelCost, UnitCost } from '../../src/inspect/cost/cost.js';
import type { ModelCard } from '../../src/inspect/inspection.js';
import type { ProfileCard } from '../../src/protocol/profileCalls.js';
import { Value } from '../figure.js';
import { bytes, count, milliseconds, picojoules, shape as shapeText, share, whole } from '../format/figures.js';
import { t } from '../format/text.js';
import { largestParts } from '../state/parts.js';
import { profile, runCommand } from '../state/session.js';
import { Bars } from './bars.js';
import { BarsExport } from './barsExport.js';
import { Section } from './section.js';

const operatorsShown = 8;

/** What one run of the model costs: counted, measured where it was profiled, and estimated. */
export function CostSection({ card }: { readonly card: ModelCard }): JSX.Element {
  const measured = profile.value;
  const known = card.cost.energy !== null || !measured ? card : measured;
  return (
    <>
      <section class="cost">
        <h2>{t('page.overview.cost')}</h2>
        {known.cost.energy === null && known.macs === null ? (
          <p class="quiet">{t('page.overview.cost.open')}</p>
        ) : (
          <CostTable macs={known.macs} cost={known.cost} measured={measured} />
        )}
        <Sentences cost={known.cost} measured={measured} atProfiledSizes={known !== card} />
        <button class="link" onClick={() => runCommand('profile')}>
          {t(measured ? 'page.overview.profileAgain' : 'page.overview.profile')}
        </button>
      </section>
      {measured && <TimeByOperator measured={measured} />}
    </>
  );
}

function CostTable(props: {
  readonly macs: number | null;
  readonly cost: ModelCost;
  readonly measured: ProfileCard | null;
}): JSX.Element {
  const { macs, cost, measured } = props;
  const { energy, units, zeroPointShare, peakActivationBytes, peakLayer } = cost;
  const peak = bytes(peakActivationBytes);
  return (
    <table class="amounts cost-table" aria-label={t('page.overview.cost')}>
      <tbody>
        {measured && (
          <Row name={t('page.overview.cost.time')}>
            <Value figure={milliseconds(measured.runMs)} provenance="measured" />
          </Row>
        )}
        <Row name={t('page.overview.cost.macs')}>
          <Value figure={count(macs)} />
        </Row>
        <Row name={t('page.overview.cost.bitOperations')}>
          <Value figure={count(cost.bitOperations)} />
        </Row>
        <Row name={t('page.overview.cost.weightBytes')}>
          <Value figure={bytes(cost.weightBytes)} />
        </Row>
        <Row name={t('page.overview.cost.activationBytes')}>
          <Value figure={bytes(cost.activationBytes)} />
        </Row>
        <Row name={t('page.overview.cost.peak')}>
          <Value
            figure={
              peakLayer === null
                ? peak
                : { ...peak, exact: t('page.overview.cost.peak.exact', { value: peak.exact, layer: peakLayer }) }
            }
          />
        </Row>
        {zeroPointShare !== null && (
          <Row name={t('page.overview.cost.zeroPoints')}>
            <Value
              figure={{
                text: share(zeroPointShare).text,
                exact: t('page.overview.cost.zeroPoints.exact', { value: share(zeroPointShare).exact }),
              }}
            />
          </Row>
        )}
        {energy && (
          <Row name={t('page.overview.cost.energy')}>
            <Value figure={picojoules(energy.computePj + energy.sramPj + energy.dramPj)} provenance="estimated" />
          </Row>
        )}
        {units.map((unit) => (
          <Row key={unitText(unit)} name={`${t('page.overview.cost.area')}, ${unitText(unit)}`}>
            <Value
              figure={{
                text: t('page.overview.cost.area.value', { value: whole(Math.round(unit.areaUm2)).text }),
                exact: t('page.overview.cost.area.exact', {
                  value: whole(Math.round(unit.areaUm2)).text,
                  unit: unitText(unit),
                }),
              }}
              provenance="estimated"
            />
          </Row>
        ))}
      </tbody>
    </table>
  );
}

function Row(props: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <tr>
      <th scope="row" title={props.name}>
        {props.name}
      </th>
      <td class="numeric">{props.children}</td>
    </tr>
  );
}

function unitText({ kind, weightBits, activationBits }: UnitCost): string {
  return kind === 'float'
    ? t('page.overview.cost.unit.float', { bits: weightBits })
    : t('page.overview.cost.unit.integer', { weights: weightBits, activations: activationBits });
}

/** From 60 % on, DRAM is said to take the energy. */
const dominant = 0.6;

function Sentences(props: {
  readonly cost: ModelCost;
  readonly measured: ProfileCard | null;
  readonly atProfiledSizes: boolean;
}): JSX.Element {
  const { cost, measured, atProfiledSizes } = props;
  const shapes = measured?.inputs.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', ') ?? '';
  const dram = dramSentence(cost);
  return (
    <div class="quiet">
      {atProfiledSizes && <p>{t('page.overview.cost.samples', { shapes })}</p>}
      {dram && <p>{dram}</p>}
      {cost.energy && <p>{t('page.overview.cost.estimate')}</p>}
      {measured && (
        <p>
          {t('page.overview.cost.measuredOn', {
            runs: whole(measured.runs).text,
            threads:
              measured.threads === 1
                ? t('page.overview.cost.thread')
                : t('page.overview.cost.threads', { count: measured.threads }),
            data: measured.data ?? t('page.overview.cost.random'),
          })}
        </p>
      )}
    </div>
  );
}

function dramSentence({ energy, dramWeightPj }: ModelCost): string | null {
  if (!energy || dramWeightPj === null) return null;
  const { computePj, sramPj, dramPj } = energy;
  const part = dramPj / (computePj + sramPj + dramPj);
  if (!(part >= dominant)) return null;
  return t('page.overview.cost.dram', { share: share(part).text, weights: share(dramWeightPj / dramPj).text });
}

function TimeByOperator({ measured }: { readonly measured: ProfileCard }): JSX.Element {
  const { byOperator, kernelsMs, elsewhereMs } = measured;
  const operators = byOperator.map(({ op, milliseconds: amount, layers }) => ({
    name: op,
    detail: `×${layers}`,
    amount,
  }));
  const elsewhere = { name: t('page.overview.cost.elsewhere'), detail: '', amount: elsewhereMs };
  const caption = t('page.overview.operatorsByTime');
  const parts = largestParts([...operators, elsewhere], kernelsMs, operatorsShown);
  return (
    <Section
      title={caption}
      action={
        <BarsExport
          suffix="operators-by-time"
          title="page.overview.operatorsByTime"
          parts={parts}
          format={milliseconds}
        />
      }
    >
      <Bars caption={caption} parts={parts} expected={operatorsShown} format={milliseconds} />
    </Section>
  );
}
