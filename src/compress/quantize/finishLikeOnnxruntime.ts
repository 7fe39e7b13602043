import type { Model } from '../../graph/model.js';
import { removeInitializer } from './removeInitializer.js';
import { sortLikeOnnxruntime } from './onnxruntimeOrder.js';

/** Leaves the model as onnxruntime's quantizer writes it: unread initializers gone, its order of nodes, its marks. */
export function finishLikeOnnxruntime(model: Model): void {
  const { graph } = model;
  for (const name of [...graph.initializers.keys()]) {
    if (graph.uses(name).length === 0 && !graph.isOutput(name)) removeInitializer(graph, name);
  }
  // A constant that a DequantizeLinear writes again under its own name.
  for (const node of graph.nodes) for (const output of node.outputs) removeInitializer(graph, output);
  sortLikeOnnxruntime(graph);
  model.producerName = 'onnx.quantize';
  model.producerVersion = '0.1.0';
  model.metadata.set('onnx.infer', 'onnxruntime.quant');
}
