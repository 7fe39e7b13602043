import type { Layer, LayerWeight } from '../../graph/layers.js';
import type { TensorStatistics } from '../../tensor/measure.js';
import type { Finding } from '../inspection.js';

/** A finding and what its place among the others rests on. */
export interface RankedFinding extends Finding {
  /** Bytes of the weights it speaks of. */
  readonly concernedBytes: number;
}

/** A weight with its figures. */
export interface MeasuredWeight {
  readonly layer: Layer;
  readonly weight: LayerWeight;
  readonly statistics: TensorStatistics;
}
