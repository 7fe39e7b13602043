import type { ChannelGroup, Obstacle } from '../../../graph/channels/channelGroups.js';
import { channelGroups, isEqualizable } from '../../../graph/channels/channelGroups.js';
import { inferShapes } from '../../../graph/inferShapes.js';
import type { Model } from '../../../graph/model.js';
import { Names } from '../../../graph/names.js';
import type { Node } from '../../../graph/node.js';
import { Scope } from '../../../graph/scope.js';
import { sentence } from '../../../messages/catalog.js';
import type { SentenceId } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import type { ChannelScales } from './channelScales.js';
import { ConstantWriter, moveScales } from './channelScales.js';
import { equalizingScales } from './equalize.js';

/** The groups of channels of a model's main graph. */
export function groupsOf(model: Model): ChannelGroup[] {
  const inference = inferShapes(model);
  return channelGroups(new Scope(model.graph), (value) => inference.shapeOf(model.graph, value));
}

/**
 * Equalizes the channels of successive layers. The model, whose constants are initializers, is edited and computes what it
 * did.
 */
export async function equalizeChannels(
  model: Model,
  signal?: AbortSignal,
): Promise<{ scales: ChannelScales; notes: Message[] }> {
  const groups = groupsOf(model);
  const equalizable = groups.filter(isEqualizable);
  const scales = await equalizingScales(equalizable, signal);
  await moveScales(new ConstantWriter(model.graph, new Names(model)), scales, signal);
  const layers = new Set(equalizable.flatMap(({ producers, consumers }) => [...producers, ...consumers.map(layerOf)]));
  const done = sentence('compress.quantize.note.equalized', { groups: equalizable.length, layers: layers.size });
  const nothing = sentence('compress.quantize.note.nothing-to-equalize');
  return { scales, notes: [equalizable.length > 0 ? done : nothing, ...obstacleNotes(groups)] };
}

const layerOf = ({ layer }: ChannelGroup['consumers'][number]) => layer;

/** Why groups stayed as they are: those that a Clip ends, and others that have a weight at each end. */
function obstacleNotes(groups: readonly ChannelGroup[]): Message[] {
  const obstacles = groups
    .filter(({ producers, consumers, count, obstacle }) => {
      return count > 1 && producers.length > 0 && (consumers.length > 0 || obstacle?.kind === 'bounds');
    })
    .map(({ obstacle }) => obstacle)
    .filter((obstacle) => obstacle !== undefined);
  const nodes = (kind: Obstacle['kind']) =>
    obstacles.flatMap((each) => (each.kind === kind && 'node' in each ? [nameOf(each.node)] : []));
  const values = obstacles.flatMap((each) => ('node' in each ? [] : [each.value]));
  const tell = (id: SentenceId, names: readonly string[]) =>
    names.length > 0 ? [sentence(id, { count: names.length, names: names.join(', ') })] : [];
  return [
    ...tell('compress.quantize.note.equalize-bounds', nodes('bounds')),
    ...tell('compress.quantize.note.equalize-operator', nodes('operator')),
    ...tell('compress.quantize.note.equalize-boundary', values),
  ];
}

function nameOf({ name, opType, outputs }: Node): string {
  return name || `${opType}_${outputs[0] ?? ''}`;
}
