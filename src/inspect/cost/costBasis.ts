import type { Inference } from '../../graph/inference/inference.js';
import type { Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import type { ModelShapes } from '../modelShapes.js';
import { StoredValues } from './storedValues.js';

/** What costs are reckoned from: shapes of one run, and how many samples that run has. */
export interface CostBasis {
  readonly inference: Inference;
  readonly values: StoredValues;
  readonly samples: number;
  /** Multiply-accumulates for one sample; null where unknown. */
  macsOf(node: Node): number | null;
}

export function costBasis(model: Model, { costs, samples }: ModelShapes): CostBasis {
  return {
    inference: costs,
    values: new StoredValues(model, costs, samples),
    samples,
    macsOf(node) {
      const macs = costs.macsOf(node);
      return macs === null ? null : macs / samples;
    },
  };
}
