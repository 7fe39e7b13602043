import { copyModel } from '../../graph/copy.js';
import { layersOf } from '../../graph/layers.js';
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { ApplyInput, Choices, Skipped } from '../method.js';
import { calibratedRanges } from './calibration/calibratedRanges.js';
import { floatValues } from './floatValues.js';
import type { LayerSettings } from './layerSettings.js';
import { LayerSettingsResolver } from './layerSettings.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import { parseOverrides } from './overrides.js';
import type { StaticParameters, Unusable } from './staticParameters.js';
import { activationGrids, staticParameters } from './staticParameters.js';
import type { StaticPlan } from './staticPlan.js';
import { planStatic } from './staticPlan.js';

/** A copy of the prepared model, edited by the plan, and the scale and zero point of every value that has its own. */
export interface SettledPlan extends StaticParameters {
  readonly model: Model;
  /** Of the copy, as they were before it was edited. */
  readonly layers: readonly Layer[];
  /** The nodes of the copy that are quantized. */
  readonly chosen: ReadonlyMap<Node, LayerSettings>;
  readonly plan: StaticPlan;
  readonly skipped: ReadonlyMap<string, Skipped>;
  /** What was decided of the ranges. */
  readonly calibrationNotes: readonly Message[];
}

type SettleInput = Pick<
  ApplyInput<QuantizeOptions>,
  'model' | 'choices' | 'statistics' | 'options' | 'laboratory' | 'signal'
>;

/** Plans, and plans again without the layers that touch a value that cannot be quantized. */
export async function settlePlan(input: SettleInput): Promise<SettledPlan> {
  const { model: original, choices, options, signal } = input;
  const originals = layersOf(original);
  const skipped = new Map<string, Skipped>();
  for (;;) {
    const model = copyModel(original);
    const layers = layersOf(model);
    const chosen = chosenSettings(model, layers, choices, options, skipped);
    const plan = planStatic(model, chosen, floatValues(model), options);
    const { ranges, notes: calibrationNotes } = await calibratedRanges(input, activationGrids(plan, isExact(options)));
    const found = await staticParameters(model.graph, plan, ranges, options, signal);
    if (found.unusable.size === 0) return { ...found, model, layers, chosen, plan, skipped, calibrationNotes };
    const before = skipped.size;
    for (const { name, node } of originals) {
      const value = [...node.inputs, ...node.outputs].find((each) => found.unusable.has(each));
      const isWanted = (choices.get(name)?.settings ?? null) !== null;
      if (value === undefined || !isWanted || skipped.has(name)) continue;
      skipped.set(name, { layer: name, reason: unusableReason(value, found.unusable.get(value)) });
    }
    if (skipped.size === before) throw new RangeError(`no layer has ${[...found.unusable.keys()].join(', ')}`);
  }
}

/** The nodes of the layers that are chosen, each with its settings. */
export function chosenSettings(
  model: Model,
  layers: readonly Layer[],
  choices: Choices,
  options: QuantizeOptions,
  without?: ReadonlyMap<string, unknown>,
): Map<Node, LayerSettings> {
  const opset = model.opsets.get('') ?? 1;
  const resolver = new LayerSettingsResolver(options, parseOverrides(options.overrides), layers, opset);
  return resolver.chosen(layers, choices, without);
}

function unusableReason(value: string, why: Unusable | undefined): Message {
  return why === 'no-statistics'
    ? sentence('compress.quantize.skipped.no-statistics', { value })
    : sentence('compress.quantize.skipped.not-finite', { value });
}
