import type { ChannelGroup, Obstacle } from '../../../graph/channels/channelGroups.js';
import { channelGroups } from '../../../graph/channels/channelGroups.js';
import { inferShapes } from '../../../graph/inferShapes.js';
import type { Model } from '../../../graph/model.js';
import { Names } from '../../../graph/names.js';
import type { Node } from '../../../graph/node.js';
import { Scope } from '../../../graph/scope.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import { ConstantWriter, moveScales } from './channelScales.js';
import { equalizingScales, isEqualizable } from './equalize.js';

/** The groups of channels of a model's main graph. */
export function groupsOf(model: Model): ChannelGroup[] {
  const inference = inferShapes(model);
  return channelGroups(new Scope(model.graph), (value) => inference.shapeOf(model.graph, value));
}

/**
 * Equalizes the channels of successive layers. The model, whose constants are initializers, is edited and computes what it
 * did.
 */
export async function equalizeChannels(model: Model, signal?: AbortSignal): Promise<Message[]> {
  const groups = groupsOf(model);
  const equalizable = groups.filter(isEqualizable);
  const scales = await equalizingScales(equalizable, signal);
  await moveScales(new ConstantWriter(model.graph, new Names(model)), scales, signal);
  const layers = new Set(equalizable.flatMap(({ producers, consumers }) => [...producers, ...consumers.map(layerOf)]));
  const done = sentence('compress.quantize.note.equalized', { groups: equalizable.length, layers: layers.size });
  const nothing = sentence('compress.quantize.note.nothing-to-equalize');
  return [equalizable.length > 0 ? done : nothing, ...obstacleNotes(groups)];
}

const layerOf = ({ layer }: ChannelGroup['consumers'][number]) => layer;

/** Why groups that have a weight at each end stayed as they are. */
function obstacleNotes(groups: readonly ChannelGroup[]): Message[] {
  const obstacles = groups
    .filter(({ producers, consumers, count }) => producers.length > 0 && consumers.length > 0 && count > 1)
    .map(({ obstacle }) => obstacle)
    .filter((obstacle) => obstacle !== undefined);
  const nodes = (kind: Obstacle['kind']) =>
    obstacles.flatMap((each) => (each.kind === kind && 'node' in each ? [nameOf(each.node)] : []));
  const bounds = nodes('bounds');
  const operators = nodes('operator');
  const values = obstacles.flatMap((each) => ('node' in each ? [] : [each.value]));
  const notes: Message[] = [];
  const tell = (list: readonly string[]) => ({ count: list.length, layers: list.join(', ') });
  if (bounds.length > 0) notes.push(sentence('compress.quantize.note.equalize-bounds', tell(bounds)));
  if (operators.length > 0) notes.push(sentence('compress.quantize.note.equalize-operator', tell(operators)));
  if (values.length > 0) {
    const params = { count: values.length, values: values.join(', ') };
    notes.push(sentence('compress.quantize.note.equalize-boundary', params));
  }
  return notes;
}

function nameOf({ name, opType, outputs }: Node): string {
  return name || `${opType}_${outputs[0] ?? ''}`;
}
