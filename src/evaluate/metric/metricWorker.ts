/** The thread that runs a metric of the user's: what it does, throws or never ends costs nobody else anything. */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { MetricError, metricOf, Metering, type Metric } from './metricModule.js';
import type { MetricReply, MetricRequest, MetricTrouble } from './metricMessages.js';

const { path, models } = workerData as { readonly path: string; readonly models: number };
const url = pathToFileURL(path).href;
const port = parentPort!;
const reply = (message: MetricReply) => port.postMessage(message);

void start();

async function start(): Promise<void> {
  let metering: Metering[];
  try {
    const metric: Metric = metricOf((await import(url)) as Record<string, unknown>);
    metering = Array.from({ length: models }, () => new Metering(metric));
    reply({ kind: 'ready', card: { name: metric.name, betterIs: metric.betterIs } });
  } catch (error) {
    reply({ kind: 'failed', trouble: troubleOf(error) });
    return;
  }
  port.on('message', (request: MetricRequest) => {
    try {
      const own = metering[request.model]!;
      if (request.kind === 'result') return reply({ kind: 'result', result: own.result() });
      own.add(request);
      reply({ kind: 'added' });
    } catch (error) {
      reply({ kind: 'failed', trouble: troubleOf(error) });
    }
  });
}

/** The first line of an error, and the line of the module that it came from. */
function troubleOf(error: unknown): MetricTrouble {
  if (error instanceof MetricError) return { detail: error.message, line: 0 };
  if (!(error instanceof Error)) return { detail: `it threw ${String(error)}`, line: 0 };
  const at = (error.stack ?? '').split(url)[1];
  const line = Number(/^:(\d+)/.exec(at ?? '')?.[1] ?? 0);
  const [first = ''] = error.message.split('\n', 1);
  return { detail: `${error.name}: ${first}`, line };
}
