/** Overrides of a model with bodies: matched over the whole model, then given to each graph by its own names. */
import type { Graph } from '../../graph/graph.js';
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import type { Scope } from '../../graph/scope.js';
import { scopesOf } from '../../graph/scope.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { Body } from './bodyModels.js';
import { valueNames } from './layerSettings.js';
import type { LayerOverride, TensorOverride } from './overrides.js';
import { layerOverrides, overridesText, parseOverrides, tensorOverrides } from './overrides.js';

const withoutEffect = 'compress.quantize.note.override-without-effect';

export class GraphOverrides {
  readonly #graph: Graph;
  readonly #layers: ReadonlyMap<string, LayerOverride>;
  readonly #mainLayers: readonly string[];
  readonly #tensors: ReadonlyMap<string, TensorOverride>;
  readonly #prefixOf: (scope: Scope) => string;
  /** Values whose override changed something. */
  readonly #effective = new Set<string>();

  /**
   * Layers go by their names in `layers`; values of bodies have the names of what carries these before their own
   * (`If_0/then_branch/x`). Throws a Failure for a pattern that matches nothing in any graph.
   */
  constructor(model: Model, layers: readonly Layer[], text: string) {
    const overrides = parseOverrides(text);
    this.#graph = model.graph;
    this.#layers = layerOverrides(overrides, layers).byLayer;
    this.#mainLayers = layers.filter(({ graph }) => graph === model.graph).map(({ name }) => name);
    const nameOf = new Map<Node, string>(layers.map(({ node, name }) => [node, name]));
    this.#prefixOf = ({ owner }) => (owner ? `${nameOf.get(owner.node) ?? ''}/${owner.attribute}/` : '');
    const scopes = [...scopesOf(model)].filter(({ localFunction }) => !localFunction);
    const values = scopes.flatMap((scope) => valueNames(scope.graph).map((value) => this.#prefixOf(scope) + value));
    this.#tensors = tensorOverrides(overrides, overrides.tensors.length > 0 ? [...new Set(values)] : []);
  }

  /** The option as it is for the main graph. */
  ofMain(): string {
    return this.#textOf(
      this.#mainLayers.map((name) => [name, name]),
      this.#mainValues(),
    );
  }

  /** The option as it is for a body, which sees the values that it reads from outside, too. */
  ofBody(body: Body): string {
    return this.#textOf([...body.whole], this.#valuesOf(body));
  }

  /** The notes on a graph that was quantized, but for those on overrides that may have an effect in another. */
  effects(notes: readonly Message[], body?: Body): Message[] {
    const idle = new Set(notes.flatMap(({ id, params }) => (id === withoutEffect ? [params.value] : [])));
    for (const [name, value] of body ? this.#valuesOf(body) : this.#mainValues()) {
      if (!idle.has(name)) this.#effective.add(value);
    }
    return notes.filter(({ id }) => id !== withoutEffect);
  }

  /** What had none in any graph. */
  withoutEffect(): Message[] {
    const idle = [...this.#tensors.keys()].filter((value) => !this.#effective.has(value));
    return idle.map((value) => sentence(withoutEffect, { value }));
  }

  #mainValues(): [name: string, value: string][] {
    return valueNames(this.#graph).flatMap((name) => (this.#tensors.has(name) ? [[name, name]] : []));
  }

  /** The names of a body's overridden values there and in the whole. */
  #valuesOf({ model, scope, outerConstants }: Body): [name: string, value: string][] {
    return valueNames(model.graph).flatMap((name): [string, string][] => {
      const value = outerConstants.get(name) ?? name;
      const whole = this.#prefixOf(scope.definingScope(value) ?? scope) + value;
      return this.#tensors.has(whole) ? [[name, whole]] : [];
    });
  }

  #textOf(
    layers: readonly (readonly [name: string, whole: string])[],
    values: readonly (readonly [name: string, whole: string])[],
  ): string {
    return overridesText({
      layers: layers.flatMap(([name, whole]) => (this.#layers.has(whole) ? [[name, this.#layers.get(whole)!]] : [])),
      tensors: values.map(([name, whole]) => [name, this.#tensors.get(whole)!]),
    });
  }
}
