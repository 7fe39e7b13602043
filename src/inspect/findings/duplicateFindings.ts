import { createHash } from 'node:crypto';
import type { Layer, LayerWeight } from '../../graph/layers.js';
import { sentence } from '../../messages/catalog.js';
import { formatBytes } from '../../messages/units.js';
import type { TensorBytes } from '../../tensor/tensor.js';
import type { RankedFinding } from './rankedFinding.js';

/** Smaller tensors are often equal by chance, and not worth a sentence. */
const leastBytes = 256;

interface Candidate {
  readonly layer: Layer;
  readonly weight: LayerWeight;
  readonly fingerprint: string;
}

/** Weights whose bytes are those of an earlier one. Only weights of the same fingerprint are read. */
export async function duplicateFindings(
  candidates: readonly Candidate[],
  signal?: AbortSignal,
): Promise<RankedFinding[]> {
  const alike = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    if (candidate.weight.tensor.bytes.byteLength < leastBytes) continue;
    const others = alike.get(candidate.fingerprint);
    if (others) others.push(candidate);
    else alike.set(candidate.fingerprint, [candidate]);
  }

  const found: RankedFinding[] = [];
  for (const group of alike.values()) {
    if (group.length < 2) continue;
    const firstOf = new Map<string, Candidate>();
    for (const candidate of group) {
      const { layer, weight } = candidate;
      const hash = await hashOf(weight.tensor.bytes, signal);
      const first = firstOf.get(hash);
      if (!first) {
        firstOf.set(hash, candidate);
        continue;
      }
      const savedBytes = weight.tensor.bytes.byteLength;
      found.push({
        layer: layer.name,
        kind: 'duplicate',
        message: sentence('inspect.finding.duplicate', {
          weight: weight.name,
          layer: layer.name,
          other: first.weight.name,
          otherLayer: first.layer.name,
          bytes: formatBytes(savedBytes),
        }),
        savedBytes,
        concernedBytes: savedBytes,
        shows: { page: 'layers', layer: layer.name, weight: weight.name, tab: 'weights' },
      });
    }
  }
  return found;
}

const chunkBytes = 4 << 20;

async function hashOf(bytes: TensorBytes, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (let start = 0; start < bytes.byteLength; start += chunkBytes) {
    signal?.throwIfAborted();
    hash.update(await bytes.read(start, Math.min(bytes.byteLength, start + chunkBytes)));
  }
  return hash.digest('hex');
}
