import type { Attribute } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';

/** What an attribute is taken for where it is not given (ONNX operators); a list stands for any number of such. */
const defaults: Readonly<Record<string, string>> = {
  alpha: '1',
  auto_pad: 'NOTSET',
  beta: '1',
  ceil_mode: '0',
  count_include_pad: '0',
  dilations: '1',
  group: '1',
  keepdims: '1',
  noop_with_empty_axes: '0',
  output_padding: '0',
  pads: '0',
  storage_order: '0',
  strides: '1',
  training_mode: '0',
  transA: '0',
  transB: '0',
};

/** What differs in the attributes of two nodes of one operator; tensors and bodies in them are weights and layers of their own. */
export function attributeChanges(a: Node, b: Node): Message[] {
  const names = [...new Set([...a.attributes.keys(), ...b.attributes.keys()])];
  return names.flatMap((name) => {
    const [before, after] = [a, b].map(({ attributes }) => attributeText(attributes.get(name)));
    if (before === after) return [];
    if ((before ?? after) !== undefined && isDefault(name, before) && isDefault(name, after)) return [];
    if (before === undefined) return [sentence('evaluate.change.attribute-added', { name, after: after! })];
    if (after === undefined) return [sentence('evaluate.change.attribute-removed', { name, before })];
    return [sentence('evaluate.change.attribute', { name, before, after })];
  });
}

const longestText = 40;

/** The value as a person reads it; '' for what is compared elsewhere. */
function attributeText(attribute: Attribute | undefined): string | undefined {
  switch (attribute?.kind) {
    case undefined:
      return undefined;
    case 'string':
      return decode(attribute.value);
    case 'strings':
      return shortened(`[${attribute.value.map(decode).join(', ')}]`);
    case 'ints':
    case 'floats':
      return shortened(`[${attribute.value.join(', ')}]`);
    case 'int':
    case 'float':
    case 'reference':
      return String(attribute.value);
    default:
      return '';
  }
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Texts that differ only in their middles stay different. */
function shortened(text: string): string {
  if (text.length <= longestText) return text;
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return `${text.slice(0, longestText - 12)}… (${(hash >>> 0).toString(16)})`;
}

function isDefault(name: string, text: string | undefined): boolean {
  const value = defaults[name];
  if (text === undefined) return true;
  if (value === undefined) return false;
  return text
    .replace(/[[\] ]/g, '')
    .split(',')
    .every((each) => each === value);
}
