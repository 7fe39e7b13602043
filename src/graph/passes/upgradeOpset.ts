import { Failure } from '../../messages/failure.js';
import type { Inference } from '../inference/inference.js';
import { inferShapes } from '../inferShapes.js';
import type { Model } from '../model.js';
import { Names } from '../names.js';
import type { Node } from '../node.js';
import { scopesOf } from '../scope.js';
import type { OpsetChange, UpgradeContext } from './opsetChanges.js';
import { opsetChanges } from './opsetChanges.js';
import type { Pass } from './pass.js';

/** The versions between which every change is known. */
export const oldestOpset = 7;
export const newestOpset = 25;

/** The least IR version for each opset of the standard domain (onnx/helper.py, OP_SET_ID_VERSION_MAP). */
const irVersions: readonly (readonly [opset: number, ir: number])[] = [
  [25, 13],
  [24, 12],
  [23, 11],
  [21, 10],
  [19, 9],
  [15, 8],
  [12, 7],
  [11, 6],
  [10, 5],
  [9, 4],
];

/**
 * Raises the standard operator set to `target` at least, and rewrites the nodes whose form changed: attributes that became
 * inputs, operators that got another name. Local functions keep their own operator sets.
 * Throws `graph.cannotUpgradeOpset` for a node whose meaning cannot be carried over, before anything is changed, and
 * `graph.opsetOutOfReach` for versions whose changes are not known.
 */
export function upgradeOpset(target: number): Pass {
  return {
    name: `upgradeOpset(${target})`,
    requires(model) {
      const from = opsetOf(model);
      if (from >= target) return;
      if (from < oldestOpset || target > newestOpset) {
        throw new Failure('graph.opsetOutOfReach', { from, to: target, oldest: oldestOpset, newest: newestOpset });
      }
      const inference = inferShapes(model);
      const names = new Names(model);
      for (const change of pending(from, target)) {
        for (const context of affected(model, change, inference, names)) {
          if (change.blocks?.(context)) throw blocked(from, target, change, context.node);
        }
      }
    },
    apply(model) {
      const from = opsetOf(model);
      if (from >= target) return false;
      const inference = inferShapes(model);
      const names = new Names(model);
      for (const change of pending(from, target)) {
        if (!change.rewrite) continue;
        for (const context of affected(model, change, inference, names)) change.rewrite(context);
      }
      model.opsets.set('', target);
      const ir = irVersions.find(([opset]) => opset <= target)?.[1] ?? 0;
      model.irVersion = Math.max(model.irVersion, ir);
      return true;
    },
    ensures: (model) => opsetOf(model) >= target,
  };
}

const opsetOf = (model: Model): number => model.opsets.get('') ?? 1;

function pending(from: number, target: number): OpsetChange[] {
  return opsetChanges.filter(({ since }) => since > from && since <= target);
}

function affected(model: Model, change: OpsetChange, inference: Inference, names: Names): UpgradeContext[] {
  const operators = new Set(change.operators);
  return [...scopesOf(model)]
    .filter(({ localFunction }) => !localFunction)
    .flatMap(({ graph }) =>
      graph.nodes
        .filter(({ domain, opType }) => domain === '' && operators.has(opType))
        .map((node) => ({ graph, node, names, inference })),
    );
}

function blocked(from: number, to: number, { since }: OpsetChange, node: Node): Failure {
  const name = node.name || `${node.opType}_${node.outputs[0] ?? ''}`;
  return new Failure('graph.cannotUpgradeOpset', { from, to, node: name, op: node.opType, changed: since });
}
