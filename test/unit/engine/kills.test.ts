import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RemoteFailure } from '../../../src/protocol/remoteFailure.js';
import type { Progress } from '../../../src/recipe/report.js';
import { seededRandom } from '../../fixtures/random.js';
import type { PreparedCompression } from './compressions.js';
import { compression, gone, hashOf } from './compressions.js';
import type { EngineProcess } from './engineProcess.js';
import { startEngine } from './engineProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

const kills = process.env.TARE_SOAK ? 20 : 5;
const seed = Number(process.env.TARE_SEED ?? 1);
const patience = 1_200_000;

/** A moment of a compression: after so many reports of its n-th stage. */
interface Moment {
  readonly stage: number;
  readonly name: string;
  readonly reports: number;
}

/** Calls `onMoment` at the moment, and at each report after it. */
function watchFor(moment: Moment, onMoment: () => void): (progress: Progress) => void {
  const names: string[] = [];
  let reports = 0;
  return ({ stage }) => {
    reports = names.at(-1) === stage.id ? reports + 1 : 0;
    if (reports === 0) names.push(stage.id);
    const at = names.length - 1;
    if (at > moment.stage || (at === moment.stage && reports >= moment.reports)) onMoment();
  };
}

interface Undisturbed {
  /** Names of the stages in their order. */
  readonly stages: readonly string[];
  readonly output: string;
}

let undisturbed: Promise<Undisturbed> | undefined;

async function runUndisturbed(): Promise<Undisturbed> {
  const engine = await startEngine();
  const { request } = await compression(undefined, null);
  const stages: string[] = [];
  const onEvent = ({ stage }: Progress) => void (stages.at(-1) === stage.id || stages.push(stage.id));
  await engine.call('compress', request, { onEvent });
  return { stages, output: await hashOf(request.output) };
}

/**
 * Moments for the engine, or for its runner: stages in a random order, all before one comes again, and in each a random
 * number of reports. The runner's follow on the engine's, so that the two together reach every stage.
 */
async function momentsFor(whom: 'engine' | 'runner'): Promise<Moment[]> {
  const { stages } = await (undisturbed ??= runUndisturbed());
  const random = seededRandom(seed);
  const moments: Moment[] = [];
  while (moments.length < 2 * kills) {
    const order = stages.map((name, stage) => ({ name, stage, key: random() })).sort((a, b) => a.key - b.key);
    for (const { name, stage } of order) {
      moments.push({ stage, name, reports: stage < stages.length - 1 ? Math.floor(random() * 4) : 0 });
    }
  }
  const chosen = whom === 'engine' ? moments.slice(0, kills) : moments.slice(kills, 2 * kills);
  const told = chosen.map(({ name, reports }) => `${name}+${reports}`).join(', ');
  console.log(`killing the ${whom}, seed ${seed} (TARE_SEED): ${told}`);
  return chosen;
}

/** The same compression to its end; its output, and the ranges it has measured, are removed, for the next to go all the way. */
async function compressToTheEnd(
  engine: EngineProcess,
  state: string,
  { folder, request }: PreparedCompression,
): Promise<void> {
  await engine.call('compress', request);
  expect((await readdir(folder)).sort()).toEqual(['model.int8.onnx', 'model.onnx']);
  expect(await hashOf(request.output)).toBe((await undisturbed)!.output);
  await rm(request.output);
  await forgetRanges(state);
}

async function forgetRanges(state: string): Promise<void> {
  await rm(join(state, 'ranges'), { recursive: true });
}

/** Kills a process, which may have ended by itself. Returns whether it was there. */
function killIfThere(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

/** Resolves when a folder holds these files and no other: the engine cleans up beside its other work. */
async function untilOnly(folder: string, ...names: string[]): Promise<void> {
  while ((await readdir(folder)).sort().join() !== names.join()) await new Promise((turn) => setTimeout(turn, 10));
}

describe('a compression', () => {
  it(
    `leaves the input and no output when its engine is killed, ${kills} times; the next engine cleans up and does it`,
    async () => {
      const moments = await momentsFor('engine');
      const state = await temporaryFolder();
      const prepared = await compression(undefined, null);
      const { folder, request } = prepared;
      const input = await hashOf(request.input);
      let engine = await startEngine(state);
      let unfinished = 0;
      for (const moment of moments) {
        const runners = new Set<number>();
        const onMoment = watchFor(moment, () => engine.child.kill('SIGKILL'));
        const failure: unknown = await engine
          .call('compress', request, {
            onEvent(progress) {
              engine.call('processes', undefined).then(
                (processes) => processes.runners.forEach((pid) => runners.add(pid)),
                () => undefined,
              );
              onMoment(progress);
            },
          })
          .catch((error: RemoteFailure) => error.code);
        expect(failure, moment.name).toBe('engine.died');
        await engine.exited;
        await Promise.all([...runners].map(gone));
        expect(await hashOf(request.input), moment.name).toBe(input);
        const left = await readdir(folder);
        expect(
          left.filter((name) => name.endsWith('.onnx')),
          moment.name,
        ).toEqual(['model.onnx']);
        unfinished += left.length - 1;

        engine = await startEngine(state);
        await untilOnly(folder, 'model.onnx');
        await compressToTheEnd(engine, state, prepared);
      }
      console.log(`${moments.length} kills left ${unfinished} unfinished files, all of which were cleaned up`);
    },
    patience,
  );

  it(
    `leaves the input and nothing else when its runner is killed, ${kills} times, and works at the next try`,
    async () => {
      const moments = await momentsFor('runner');
      const prepared = await compression(undefined, null);
      const { folder, request } = prepared;
      const input = await hashOf(request.input);
      const state = await temporaryFolder();
      const engine = await startEngine(state);
      const outcomes: string[] = [];
      for (const moment of moments) {
        let killed = 0;
        const kill = async () => {
          const { runners } = await engine.call('processes', undefined);
          if (killed > 0) return;
          killed = runners.filter(killIfThere).length;
        };
        const outcome = await engine.call('compress', request, { onEvent: watchFor(moment, () => void kill()) }).then(
          () => 'done',
          (error: RemoteFailure) => error.code,
        );
        expect(killed, moment.name).toBeGreaterThan(0);
        expect(await hashOf(request.input), moment.name).toBe(input);
        // One that was idle is missed by nobody: the next call starts another.
        expect(['done', 'runtime.died'], moment.name).toContain(outcome);
        if (outcome === 'done') {
          expect(await hashOf(request.output), moment.name).toBe((await undisturbed)!.output);
          await rm(request.output);
        }
        expect(await readdir(folder), moment.name).toEqual(['model.onnx']);
        outcomes.push(outcome);
        await compressToTheEnd(engine, state, prepared);
      }
      console.log(`the compressions ended as ${outcomes.join(', ')}`);
      expect(outcomes).toContain('runtime.died');
    },
    patience,
  );
});
