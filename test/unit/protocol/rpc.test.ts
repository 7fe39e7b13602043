import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure, failureData } from '../../../src/messages/failure.js';
import { createClient } from '../../../src/protocol/client.js';
import type { Call } from '../../../src/protocol/rpc.js';
import { RemoteFailure } from '../../../src/protocol/remoteFailure.js';
import { serve } from '../../../src/protocol/server.js';
import { portPair } from './portPair.js';

interface Work {
  work: Call<{ call: number }, string, number>;
}

/** Lets every promise that can settle do so. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const died = failureData(new Failure('engine.died', { detail: 'SIGKILL' }));

type Step =
  | { kind: 'call' }
  | { kind: 'toServer' }
  | { kind: 'toClient' }
  | { kind: 'cancel' | 'emit' | 'succeed' | 'fail' | 'failPlainly'; which: number }
  | { kind: 'close' };

const which = fc.nat({ max: 7 });
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('call' as const) }) },
    { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('toServer' as const, 'toClient' as const) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          'emit' as const,
          'emit' as const,
          'cancel' as const,
          'succeed' as const,
          'fail' as const,
          'failPlainly' as const,
        ),
        which,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<Step[]>;

describe('a service over a port', () => {
  it('answers every call exactly once, with its own events in order, however frames interleave', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const ports = portPair();
        const handlers: {
          emit(event: number): void;
          resolve(v: string): void;
          reject(e: unknown): void;
          ended?: string;
          emitted: number;
        }[] = [];
        serve<Work>(ports.server, {
          work: ({ call }, { signal, emit }) =>
            new Promise((resolve, reject) => {
              const handler: (typeof handlers)[number] = { emit, resolve, reject, emitted: 0 };
              handlers[call] = handler;
              signal.addEventListener('abort', () => {
                handler.ended ??= 'cancelled';
                reject(new Error('aborted'));
              });
            }),
        });
        const client = createClient<Work>(ports.client);
        const calls: { abort: AbortController; events: number[]; outcomes: string[]; eventsWhenSettled?: number }[] =
          [];
        let closed = false;

        for (const step of script) {
          if (step.kind === 'call') {
            const call: (typeof calls)[number] = { abort: new AbortController(), events: [], outcomes: [] };
            const id = calls.push(call) - 1;
            client
              .call(
                'work',
                { call: id },
                { signal: call.abort.signal, onEvent: (event) => void call.events.push(event) },
              )
              .then(
                (result) => call.outcomes.push(result),
                (error: RemoteFailure) => call.outcomes.push(error.code),
              )
              .finally(() => (call.eventsWhenSettled = call.events.length));
          } else if (step.kind === 'toServer' || step.kind === 'toClient') {
            if (!closed) ports[step.kind].deliver();
          } else if (step.kind === 'close') {
            closed = true;
            ports.close(died);
          } else if (step.kind === 'cancel') {
            calls[step.which]?.abort.abort();
          } else {
            const handler = handlers[step.which];
            if (!handler) continue;
            if (step.kind === 'emit') {
              if (!handler.ended) handler.emit(handler.emitted++);
              else handler.emit(-1);
            } else if (step.kind === 'succeed') {
              handler.ended ??= `done ${step.which}`;
              handler.resolve(`done ${step.which}`);
            } else if (step.kind === 'fail') {
              handler.ended ??= 'engine.no-model';
              handler.reject(new Failure('engine.no-model'));
            } else {
              handler.ended ??= 'internal';
              handler.reject(new TypeError('undefined is not a function'));
            }
          }
          await settled();
        }

        while (!closed && ports.toServer.waiting.length > 0) ports.toServer.deliver();
        handlers.forEach((handler, i) => {
          handler.ended ??= `done ${i}`;
          handler.resolve(`done ${i}`);
        });
        await settled();
        while (!closed && ports.toClient.waiting.length > 0) ports.toClient.deliver();
        await settled();

        calls.forEach((call, i) => {
          expect(call.outcomes).toHaveLength(1);
          const allowed = [handlers[i]?.ended, ...(closed ? ['engine.died'] : [])];
          // A call given an aborted signal, or cancelled before the server saw it, never reaches the handler's end.
          expect([...allowed, ...(call.abort.signal.aborted && !handlers[i] ? ['cancelled'] : [])]).toContain(
            call.outcomes[0],
          );
          expect(call.events).toEqual(call.events.map((_, n) => n));
          expect(call.events.length).toBe(call.eventsWhenSettled);
          if (!closed) expect(call.events).toHaveLength(handlers[i]?.emitted ?? 0);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('answers a method it does not have, inherited names included', async () => {
    const ports = portPair();
    serve<Work>(ports.server, { work: () => 'never' });
    const client = createClient<Record<string, Call<null, null>>>(ports.client);
    for (const method of ['wrok', 'toString', '__proto__', 'constructor']) {
      const answer = client.call(method, null);
      ports.toServer.deliver();
      await settled();
      ports.toClient.deliver();
      await expect(answer).rejects.toMatchObject({ code: 'engine.unknown-call', params: { method } });
    }
  });

  it('answers with a failure when the result cannot be sent', async () => {
    const ports = portPair();
    let first = true;
    const post = (frame: Parameters<typeof ports.server.post>[0]) => {
      if (frame.type === 'result' && first) {
        first = false;
        throw new Error('could not be cloned');
      }
      ports.server.post(frame);
    };
    serve<Work>({ ...ports.server, post }, { work: () => 'unsendable' });
    const answer = createClient<Work>(ports.client).call('work', { call: 0 });
    ports.toServer.deliver();
    await settled();
    ports.toClient.deliver();
    await expect(answer).rejects.toMatchObject({ code: 'internal', params: { detail: 'could not be cloned' } });
  });

  it('tells the log of failures, not of cancelled calls', async () => {
    const ports = portPair();
    const heard: string[] = [];
    serve<Work>(
      ports.server,
      {
        work: ({ call }, { signal }) =>
          call === 0
            ? Promise.reject(new Error('broken'))
            : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      },
      (method, error) => heard.push(`${method}: ${(error as Error).message}`),
    );
    const client = createClient<Work>(ports.client);
    const abort = new AbortController();
    const answers = Promise.allSettled([
      client.call('work', { call: 0 }),
      client.call('work', { call: 1 }, { signal: abort.signal }),
    ]);
    ports.toServer.deliver();
    ports.toServer.deliver();
    abort.abort();
    ports.toServer.deliver();
    await settled();
    ports.toClient.deliver();
    ports.toClient.deliver();
    expect((await answers).map((answer) => (answer as PromiseRejectedResult).reason.code)).toEqual([
      'internal',
      'cancelled',
    ]);
    expect(heard).toEqual(['work: broken']);
  });

  it('fails calls made after the port closed', async () => {
    const ports = portPair();
    const client = createClient<Work>(ports.client);
    ports.close(died);
    await expect(client.call('work', { call: 0 })).rejects.toBeInstanceOf(RemoteFailure);
    expect(ports.toServer.waiting).toEqual([]);
  });
});
