/** What is known of a model: the JSON of `tare inspect`, whose names are a contract. */
import type { Message } from '../messages/message.js';
import type { ChannelRanges } from '../tensor/channelRanges.js';
import type { ElementType } from '../tensor/elementType.js';
import type { Histogram } from '../tensor/histogram.js';
import type { TensorStatistics } from '../tensor/measure.js';
import type { LayerCost, ModelCost } from './cost/cost.js';

export interface ValueCard {
  readonly name: string;
  readonly dtype: ElementType | null;
  /** Sizes, symbols, or null where unknown; null where even the rank is. */
  readonly shape: readonly (number | string | null)[] | null;
}

export interface ModelCard {
  readonly inputs: readonly ValueCard[];
  readonly outputs: readonly ValueCard[];
  /** Of the standard domain; `opsets` has all. */
  readonly opset: number;
  readonly opsets: Readonly<Record<string, number>>;
  readonly irVersion: number;
  readonly producer: string;
  /** Elements of float and quantized weights; a shared weight once. */
  readonly parameters: number;
  /** Of the file and its external data. */
  readonly bytes: number;
  readonly macs: number | null;
  /** Of one run, for one sample, as `macs` are. */
  readonly cost: ModelCost;
  readonly bytesByType: Readonly<Record<string, number>>;
  readonly operators: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
}

export type { ChannelRanges, Histogram, TensorStatistics };

export interface WeightCard {
  /** The value's name as the node reads it. */
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Which of the node's inputs it is; -1 for a Constant's or an attribute's tensor inside it. */
  readonly input: number;
  /** Where it lies: in the file, in external data, in a Constant node, sparse, or behind a DequantizeLinear. */
  readonly storage: 'initializer' | 'external' | 'constant' | 'sparse' | 'quantized';
  /** The sentence that says why it cannot be read, where so (missing external data). */
  readonly unreadable?: Message;
}

export interface LayerCard {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly parameters: number;
  readonly bytes: number;
  readonly macs: number | null;
  /** Of one run of the layer, for one sample, as `macs` are. */
  readonly cost: LayerCost;
  readonly weights: readonly WeightCard[];
  /** Of the first output, where inferred. */
  readonly outputShape: readonly (number | string | null)[] | null;
}

/** Where a finding can be seen: a page, and on it a layer, its weight, and a tab of its detail. */
export interface FindingPlace {
  readonly page: 'overview' | 'layers' | 'graph';
  readonly layer: string;
  readonly weight?: string;
  readonly tab?: 'weights' | 'channels' | 'activations';
}

/** A method of compression that mends a finding, with the options that make it do so. */
export interface FindingMend {
  readonly method: string;
  readonly options: { readonly [name: string]: string | number | boolean };
}

export interface Finding {
  readonly layer: string;
  readonly kind: string;
  readonly message: Message;
  /** What mending it would save, 0 where it is not about bytes. */
  readonly savedBytes: number;
  /** Set where results of the model are wrong for it. */
  readonly broken?: boolean;
  readonly shows?: FindingPlace;
  /** Absent where no method of Tare does it. */
  readonly mend?: FindingMend;
}

/** A weight with its figures, each null where it was not, or cannot be, measured, or where there is no element. */
export interface InspectedWeight extends WeightCard {
  /** Of all elements that are numbers, infinite ones too; the histogram spans the finite ones. */
  readonly min: number | null;
  readonly max: number | null;
  /** Of the finite elements, as are `std` and `kurtosis`. */
  readonly mean: number | null;
  readonly std: number | null;
  readonly zeros: number | null;
  readonly nans: number | null;
  readonly infinities: number | null;
  readonly kurtosis: number | null;
  readonly histogram: Histogram | null;
  readonly channels: ChannelRanges | null;
}

/** The document of `tare inspect --json`, before `toContractJson`. */
export interface Inspection {
  readonly model: ModelCard;
  readonly layers: readonly (Omit<LayerCard, 'weights'> & { readonly weights: readonly InspectedWeight[] })[];
  readonly findings: readonly Finding[];
}
