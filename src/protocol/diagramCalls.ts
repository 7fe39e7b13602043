/** The graph of a model as the engine lays it out. Types only. */
import type { ModelHandle } from './engineService.js';
import type { Call } from './rpc.js';

/**
 * What a rectangle stands for: a node; a name scope, a block of nodes cut where names have no scopes, the body of an
 * If, Loop or Scan, or a local function called here, which all hold others; an input or output of the model.
 */
export type DiagramItemKind = 'node' | 'scope' | 'block' | 'body' | 'function' | 'input' | 'output';

export interface DiagramItem {
  /** Stays the same while the model does, whatever is expanded. */
  readonly id: string;
  readonly kind: DiagramItemKind;
  /** Position, among all items, of the expanded item that holds it; -1 at the top. A holder stands before what it holds. */
  readonly holder: number;
  /** Position of the layer in file order; -1 where it is not one. An If, or a call of a local function, is a layer. */
  readonly layer: number;
  /** The operator; empty for what is not a node. */
  readonly op: string;
  /** As it stands on the rectangle: without the scopes of its holders. */
  readonly name: string;
  /** A second line, such as the shape of the weight or of the value; may be empty. */
  readonly detail: string;
  /** Nodes inside; 1 for a node. */
  readonly nodes: number;
  readonly expandable: boolean;
  readonly expanded: boolean;
  /** How many equal blocks stand in this chain, where it is one of several of the same structure; else 1. */
  readonly repeats: number;
}

/** Items and edges in order, at most 256 KB at once. */
export interface DiagramPart {
  readonly items: readonly DiagramItem[];
  /** Left, top, width and height of each of `items`, in pixels at zoom 1, absolute. */
  readonly boxes: Float32Array;
  readonly edges: {
    /** Positions of items; an edge joins the innermost visible ones. */
    readonly from: Uint32Array;
    readonly to: Uint32Array;
    /** Where the points of each edge begin in `points`, in points, and the end of the last. */
    readonly starts: Uint32Array;
    /** x and y of a polyline, absolute. */
    readonly points: Float32Array;
    /** The value's name, and its shape where known (`float32[1,64,56,56]`). */
    readonly labels: readonly string[];
  };
}

export interface DiagramCard {
  /** Ids that are expanded: those of the call which exist, all where it said so, the engine's own choice where it said none. */
  readonly expanded: readonly string[];
  readonly items: number;
  readonly edges: number;
  /** Nodes of the whole model, Constants left out, bodies included. */
  readonly nodes: number;
  readonly width: number;
  readonly height: number;
}

/** What items may be coloured by. `time`, `error`, `activations` are missing until measured. */
export type DiagramMetric =
  'parameters' | 'bytes' | 'macs' | 'zeros' | 'range' | 'activationBytes' | 'energy' | 'time' | 'error' | 'sensitivity';

export interface DiagramMetricValues {
  /**
   * One an item, in the order of the parts. Of a holder, the sum of what it holds, NaN unless all of it is known; the
   * greatest range, or the share of zeros, of what is known of it. NaN where nothing is known, as of inputs and outputs.
   */
  readonly values: Float64Array;
  /** Of all values that are known; NaN where none is. */
  readonly least: number;
  readonly greatest: number;
  /** Whether it is known of all layers that can have it, of some, or of none. */
  readonly state: 'known' | 'partly' | 'missing';
}

/** Ids of items; null lets the engine choose what fits on a screen. */
export type DiagramExpansion = readonly string[] | 'all' | null;

export interface DiagramCalls {
  /** Lays out the graph with these items expanded. */
  diagram: Call<{ model: ModelHandle; expanded: DiagramExpansion }, DiagramCard, DiagramPart>;
  diagramMetric: Call<{ model: ModelHandle; expanded: readonly string[]; metric: DiagramMetric }, DiagramMetricValues>;
  /** The items that must be expanded, outer first, for a layer to be visible, and the layer's own id. */
  diagramReveal: Call<{ model: ModelHandle; layer: number }, { holders: readonly string[]; id: string } | null>;
}
