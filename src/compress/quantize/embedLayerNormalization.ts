/** EmbedLayerNormalization on tables of integers (com.microsoft; onnxruntime, operators/embed_layernorm.py). */
import { Node } from '../../graph/node.js';
import type { QuantizedValue } from './integerGraph.js';

/** The inputs that become integers: tables of words, positions and segments (optional), gamma, beta. */
const tables = [2, 3, 4, 5, 6] as const;

export function isEmbedding(node: Node, exact: boolean): boolean {
  if (node.opType !== 'EmbedLayerNormalization') return false;
  if (exact) return node.outputs.length <= 2;
  // QEmbedLayerNormalization has no sum, no position ids, and no other kind of mask.
  const isPlain = !node.outputs[2] && !node.inputs[8] && !node.attributes.has('mask_index_type');
  return node.domain === 'com.microsoft' && isPlain;
}

/** The constants of the node that are stored as integers. */
export function embeddingTables(node: Node): string[] {
  return tables.map((index) => node.inputs[index] ?? '').filter((value) => value !== '');
}

/** The node on integers; `read` makes the integers of a table. Its outputs are real numbers as before. */
export async function quantizedEmbedding(
  node: Node,
  name: string | undefined,
  read: (table: string) => Promise<QuantizedValue>,
): Promise<Node> {
  const operands: (QuantizedValue | undefined)[] = [];
  for (const index of tables) {
    const value = node.inputs[index] ?? '';
    operands.push(value === '' ? undefined : await read(value));
  }
  const [ids = '', segments = ''] = node.inputs;
  const inputs = [
    ids,
    segments,
    ...operands.map((each) => each?.integers ?? ''),
    node.inputs[7] ?? '',
    ...operands.map((each) => each?.scale ?? ''),
    ...operands.map((each) => each?.zeroPoint ?? ''),
  ];
  const { outputs, attributes } = node;
  return new Node({
    opType: 'QEmbedLayerNormalization',
    domain: 'com.microsoft',
    name,
    inputs,
    outputs: [...outputs],
    attributes: new Map(attributes),
  });
}
