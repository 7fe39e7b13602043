import type { Graph } from '../../graph/graph.js';
import { Node } from '../../graph/node.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { Naming } from './dynamicNaming.js';
import { removeInitializer } from './removeInitializer.js';
import { floatsOf, tensorFrom } from './tensors.js';

/** Is it a plain product with a sum, which MatMul and Add can be put for? */
export function isPlainGemm(node: Node): boolean {
  return (
    node.opType === 'Gemm' && node.float('alpha', 1) === 1 && node.float('beta', 1) === 1 && !node.int('transA', 0)
  );
}

/**
 * Puts MatMul, and Add where there is a bias, in the place of a plain Gemm: there is no integer Gemm whose input is
 * quantized while it runs. A transposed constant weight is stored the other way round; where others read it too, as a
 * copy (onnxruntime's quantizer, replace_gemm_with_matmul, lets them read the transposed one). Returns the MatMul.
 */
export async function gemmToMatMul(graph: Graph, node: Node, naming: Naming, exact: boolean): Promise<Node> {
  const [input = '', weight = '', bias = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const added: Node[] = [];
  let factor = weight;
  if (node.int('transB', 0) === 1) {
    const initializer = graph.initializers.get(weight);
    if (initializer) {
      const shared = !exact && (graph.uses(weight).length > 1 || graph.isOutput(weight));
      if (shared) factor = naming.value(`${weight}_transposed`);
      removeInitializer(graph, factor);
      graph.initializers.set(factor, { name: factor, tensor: await transposed(initializer.tensor) });
    } else {
      factor = naming.value(`${weight}_Transposed`);
      added.push(
        new Node({
          opType: 'Transpose',
          name: nodeName(naming, node, '_Transpose'),
          inputs: [weight],
          outputs: [factor],
        }),
      );
    }
  }
  const product = bias === '' ? output : naming.value(`${output}_MatMul`);
  const matMul = new Node({
    opType: 'MatMul',
    name: nodeName(naming, node, '_MatMul'),
    inputs: [input, factor],
    outputs: [product],
  });
  added.push(matMul);
  if (bias !== '') {
    added.push(
      new Node({ opType: 'Add', name: nodeName(naming, node, '_Add'), inputs: [product, bias], outputs: [output] }),
    );
  }
  graph.insertBefore(node, ...added);
  graph.remove(node);
  return matMul;
}

function nodeName(naming: Naming, node: Node, suffix: string): string | undefined {
  return node.name ? naming.node(node.name + suffix) : undefined;
}

async function transposed(tensor: Tensor): Promise<Tensor> {
  const [rows = 0, columns = 0] = tensor.shape;
  const data = await floatsOf(tensor);
  const turned = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = data[r * columns + c] as number;
  }
  return tensorFrom('float32', [columns, rows], turned);
}
