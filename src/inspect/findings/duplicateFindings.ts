import { setImmediate } from 'node:timers/promises';
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
    const different = new Map<string, Candidate[]>();
    for (const candidate of group) {
      const { layer, weight } = candidate;
      const sample = await sampleOf(weight.tensor.bytes, signal);
      const others = different.get(sample) ?? [];
      different.set(sample, others);
      const first = await firstEqual(candidate, others, signal);
      if (!first) {
        others.push(candidate);
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

async function firstEqual(
  { weight }: Candidate,
  others: readonly Candidate[],
  signal?: AbortSignal,
): Promise<Candidate | undefined> {
  for (const other of others) if (await areEqual(weight.tensor.bytes, other.weight.tensor.bytes, signal)) return other;
  return undefined;
}

const samplePartBytes = 256;

/** The first, middle and last bytes as text: weights of the same numbers in another order are told apart by little reading. */
async function sampleOf(bytes: TensorBytes, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const last = Math.max(0, bytes.byteLength - samplePartBytes);
  const parts = [0, Math.floor(last / 2), last].map((start) =>
    bytes.read(start, Math.min(bytes.byteLength, start + samplePartBytes)),
  );
  return Buffer.concat(await Promise.all(parts)).toString('latin1');
}

const chunkBytes = 1 << 20;

async function areEqual(a: TensorBytes, b: TensorBytes, signal?: AbortSignal): Promise<boolean> {
  if (a.byteLength !== b.byteLength) return false;
  for (let start = 0; start < a.byteLength; start += chunkBytes) {
    await setImmediate();
    signal?.throwIfAborted();
    const end = Math.min(a.byteLength, start + chunkBytes);
    const [ofA, ofB] = await Promise.all([a.read(start, end), b.read(start, end)]);
    if (Buffer.compare(ofA, ofB) !== 0) return false;
  }
  return true;
}
