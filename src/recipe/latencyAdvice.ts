/** What the measured latency means, why it is so, and what to try: never a promise against the measurement. */
import type { LatencyRatio } from '../evaluate/evaluation.js';
import type { Model } from '../graph/model.js';
import { slowLayers } from '../inspect/findings/slowLayers.js';
import { targetOf } from '../inspect/findings/targetOf.js';
import { english, sentence } from '../messages/catalog.js';
import type { SentenceId } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';

/** The reasons that are told, at most. */
const mostReasons = 3;

/** What mends a reason, by its id. */
const remedies: Readonly<Record<string, SentenceId>> = {
  'inspect.target.slow.dynamic-convolution': 'recipe.latency.try-static',
  'inspect.target.slow.half': 'recipe.latency.try-weights',
  'inspect.target.slow.type': 'recipe.latency.try-types',
};

/**
 * `ratio` is of interleaved pairs, the new model's time over the original's; a difference is told only where both ends of
 * it lie on one side. Reasons are those of the written model.
 */
export function latencyAdvice(written: Model, ratio: LatencyRatio | undefined): Message[] {
  if (!ratio) return [];
  const { median, p10, p90 } = ratio;
  const params = { ratio: median.toFixed(2), low: p10.toFixed(2), high: p90.toFixed(2) };
  if (p90 < 1) return [sentence('recipe.latency.faster', params)];
  if (p10 <= 1) return [sentence('recipe.latency.equal', params)];
  const unfused = commonest(written, 'onnxruntime-cpu');
  const obstacles = unfused.length > 0 ? unfused : commonest(written, 'onnxruntime-cpu-int8');
  const advice = remedies[obstacles[0]?.id ?? ''] ?? 'recipe.latency.try-fewer';
  return [sentence('recipe.latency.slower', params), whySlow(obstacles), sentence(advice)];
}

interface Obstacle {
  readonly id: string;
  readonly count: number;
  readonly example: Message;
}

/** Why layers lack fast kernels, by reason and operator, the commonest first. What is quantized goes before what is not. */
function commonest(written: Model, target: string): Obstacle[] {
  const found = new Map<string, Obstacle>();
  for (const { reason } of slowLayers(written, targetOf(target))) {
    const key = english(reason);
    found.set(key, { id: reason.id, count: (found.get(key)?.count ?? 0) + 1, example: reason });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

function whySlow(obstacles: readonly Obstacle[]): Message {
  if (obstacles.length === 0) return sentence('recipe.latency.why-none');
  const reasons = obstacles
    .slice(0, mostReasons)
    .map(({ count, example }) =>
      english(sentence('recipe.latency.why-one', { count, reason: english(example).replace(/\.$/, '') })),
    );
  return sentence('recipe.latency.why', { reasons: reasons.join('; ') });
}
