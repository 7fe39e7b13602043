/** Resize-19 and Upsample-9: output sizes from scales or from sizes. */
import type { Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { floorDivide, multiply } from '../inference/size.js';
import type { Operator, OperatorTable } from './operator.js';
import { missingAttribute } from './rules.js';

function resizeShape(c: RuleContext): Shape {
  const x = c.shape(0);
  const scalesAt = c.opset < 11 ? 1 : 2;
  const axes = c.axes(c.node.ints('axes') ?? x.map((_, i) => i), x.length);
  if (c.opset >= 11 && c.has(3)) return sizedShape(c, x, axes);
  const scales = c.knownElements(scalesAt);
  if (!scales || scales.length !== axes.length) return c.freshShape(x.length);
  return scaledShape(c, x, axes, scales);
}

function scaledShape(c: RuleContext, x: Shape, axes: readonly number[], scales: readonly (Size | undefined)[]): Shape {
  const shape = [...x];
  for (const [i, axis] of axes.entries()) shape[axis] = scaled(x[axis]!, scales[i]) ?? c.fresh();
  return shape;
}

/** floor(size * scale) in float32, as onnxruntime computes it. */
function scaled(size: Size, scale: Size | undefined): Size | undefined {
  if (typeof scale !== 'number') return undefined;
  if (typeof size === 'number') return Math.floor(Math.fround(size * Math.fround(scale)));
  if (Number.isInteger(scale)) return multiply(size, scale);
  const inverse = 1 / scale;
  return Number.isInteger(inverse) ? floorDivide(size, inverse) : undefined;
}

function sizedShape(c: RuleContext, x: Shape, axes: readonly number[]): Shape {
  const sizes = c.elements(3);
  const shape = [...x];
  const policy = c.node.string('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') {
    for (const [i, axis] of axes.entries()) shape[axis] = sizes[i] ?? c.fresh();
    return shape;
  }
  const ratios = axes.map((axis, i) => [sizes[i], x[axis]] as const);
  if (!ratios.every(([to, from]) => typeof to === 'number' && typeof from === 'number')) {
    for (const axis of axes) shape[axis] = c.fresh();
    return shape;
  }
  const factors = ratios.map(([to, from]) => (to as number) / (from as number));
  const factor = policy === 'not_larger' ? Math.min(...factors) : Math.max(...factors);
  for (const axis of axes) shape[axis] = Math.floor((x[axis] as number) * factor + 0.5);
  return shape;
}

function upsampleShape(c: RuleContext): Shape {
  const x = c.shape(0);
  const attribute = c.node.attributes.get('scales');
  const scales = attribute?.kind === 'floats' ? attribute.value : c.knownElements(1);
  if (!scales && !c.has(1)) throw missingAttribute('scales');
  if (!scales || scales.length !== x.length) return c.freshShape(x.length);
  return scaledShape(
    c,
    x,
    x.map((_, i) => i),
    scales,
  );
}

const inputs: Operator['inputs'] = ['data', 'argument'];

export const resizing: OperatorTable = {
  Resize: { inputs, shapes: (c) => [resizeShape(c)] },
  Upsample: { inputs, shapes: (c) => [upsampleShape(c)] },
};
