import type { Layer } from '../../../graph/layers.js';
import type { Model } from '../../../graph/model.js';
import type { Choice } from '../../method.js';
import type { QuantizedType } from '../integerRange.js';
import { isSigned } from '../integerRange.js';
import type { WeightFormat } from '../layerSettings.js';
import { LayerSettingsResolver } from '../layerSettings.js';
import type { QuantizeOptions } from '../options.js';
import { parseOverrides } from '../overrides.js';

/** What a choice of this scheme holds. */
export interface WeightChoice {
  readonly weights: QuantizedType;
  readonly blockSize: number;
}

export interface WeightFormats {
  /** How a layer's weight is stored, by the options and its overrides, or as chosen; null where it stays in float32. */
  formatOf(layer: Layer, choice?: Choice): WeightFormat | null;
  /** What each pattern of the overrides matches. */
  readonly matches: ReadonlyMap<string, readonly string[]>;
}

/** Throws a Failure for overrides that cannot be read, or match no layer. */
export function weightFormats(model: Model, layers: readonly Layer[], options: QuantizeOptions): WeightFormats {
  const resolver = new LayerSettingsResolver(
    options,
    parseOverrides(options.overrides),
    layers,
    model.opsets.get('') ?? 1,
  );
  return {
    matches: resolver.matches,
    formatOf(layer, choice) {
      const { weights } = resolver.settingsOf(layer);
      const own = resolver.optionsOf(layer);
      if (!weights || own.weightType === 'float32') return null;
      // MatMulNBits takes 2 bits as they are.
      const type = options.format === 'qoperator' ? own.weightType : weights.type;
      const chosen = (choice?.settings ?? undefined) as WeightChoice | undefined;
      if (!chosen) return { ...weights, type };
      const symmetric = own.symmetricWeights ?? isSigned(chosen.weights);
      return { ...weights, type: chosen.weights, symmetric, blockSize: chosen.blockSize || undefined };
    },
  };
}
