// The one entry of all tests: `npm test`, or `npm test -- --only unit,ui` for some of its stages.
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { endAllCommands } from './rig/command.js';
import { Editors } from './rig/editors.js';
import { resultsFolder } from './rig/folders.js';
import type { Stage } from './rig/stages.js';
import { allStages, checks, inEditor, packaging, soak } from './rig/stages.js';
import type { Tally } from './rig/tally.js';
import { sum } from './rig/tally.js';

const patienceMinutes = 45;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      grep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help();
  const chosen = choose(values.only);
  const hang = setTimeout(() => {
    console.log(`No end after ${patienceMinutes} minutes: broken off.`);
    close([...tallies.values(), { passed: 0, failed: 1 }]);
    endAllCommands();
    process.exit(1);
  }, patienceMinutes * 60_000);
  const editors = new Editors((line) => console.log(`[editor] ${line}`));
  const tallies = new Map<string, Tally>();
  const runStage = async (stage: Stage) => tallies.set(stage.name, await run(stage, editors, values.grep));
  const breakOff = () => {
    endAllCommands();
    void editors.stop().finally(() => process.exit(130));
  };
  process.once('SIGINT', breakOff).once('SIGTERM', breakOff);
  try {
    await mkdir(resultsFolder, { recursive: true });
    const first = chosen.has(packaging) || inEditor.some((stage) => chosen.has(stage));
    if (first) await runStage(packaging);
    const lane = async (stages: readonly Stage[]) => {
      for (const stage of stages) if (chosen.has(stage)) await runStage(stage);
    };
    await Promise.all([lane([...checks, soak]), lane(inEditor)]);
  } finally {
    clearTimeout(hang);
    await editors.stop();
  }
  for (const [name, { passed, failed }] of tallies) {
    console.log(`${name.padEnd(12)} ${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed`);
  }
  close([...tallies.values()]);
}

function choose(names: string | undefined): ReadonlySet<Stage> {
  if (names === undefined) return new Set(allStages);
  return new Set(
    names.split(',').map((name) => {
      const stage = [...allStages, soak].find((candidate) => candidate.name === name);
      if (!stage) throw new Error(`No stage is named ${name}: ${allStages.map((known) => known.name).join(', ')}`);
      return stage;
    }),
  );
}

/** A stage that throws, or that ran no test, has failed. */
async function run(stage: Stage, editors: Editors, grep: string | undefined): Promise<Tally> {
  const say = (line: string) => console.log(`[${stage.name}] ${line}`);
  const started = performance.now();
  say(stage.what);
  try {
    const tally = await stage.run({ editors, grep, say });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(`${tally.passed} passed, ${tally.failed} failed in ${seconds} s`);
    if (tally.passed + tally.failed > 0) return tally;
    say('ran no test: failed');
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return { passed: 0, failed: 1 };
}

/** The closing line, and the exit code that says the same. */
function close(tallies: readonly Tally[]): void {
  const { passed, failed } = sum(tallies);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

function help(): void {
  console.log('npm test [-- --only STAGE,… --grep NAME]\n');
  for (const { name, what } of [...allStages, soak]) console.log(`  ${name.padEnd(12)} ${what}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
