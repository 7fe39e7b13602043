/** How the table of layers is sorted by each of its columns. Pure. */
import type { LayerColumn } from '../../src/protocol/engineService.js';

interface Order {
  /** Whether numbers begin with the largest. */
  readonly largestFirst: boolean;
  /** Whether the order is known only once the model is measured. */
  readonly measured: boolean;
}

const inOrder: Order = { largestFirst: false, measured: false };
const heaviest: Order = { largestFirst: true, measured: false };
const greatest: Order = { largestFirst: true, measured: true };

export const layerOrders: Readonly<Record<LayerColumn, Order>> = {
  order: inOrder,
  name: inOrder,
  op: inOrder,
  dtype: inOrder,
  parameters: heaviest,
  bytes: heaviest,
  macs: heaviest,
  bitOperations: heaviest,
  activationBytes: heaviest,
  energy: heaviest,
  time: heaviest,
  min: { largestFirst: false, measured: true },
  max: greatest,
  std: greatest,
  zeros: greatest,
  channelRatio: greatest,
  activationMin: { largestFirst: false, measured: false },
  activationMax: heaviest,
  activationZeros: heaviest,
  outlier: heaviest,
};

export const sortableColumns = Object.keys(layerOrders) as LayerColumn[];
