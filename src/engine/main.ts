/** The engine process, forked by the extension with the state folder as its argument. It ends with its parent. */
import { parentPort } from '../protocol/processPort.js';
import { serve } from '../protocol/server.js';
import type { EngineService } from '../protocol/engineService.js';
import { Engine } from './engine.js';

/** Milliseconds that an orderly end may take once the parent is gone. */
const longestGoodbye = 2000;

const [stateFolder] = process.argv.slice(2);
if (!stateFolder || !process.send) {
  process.stderr.write('The engine is started by the extension, with the folder of its state.\n');
  process.exit(2);
}

const engine = new Engine({ stateFolder, bundleFolder: __dirname });
const port = parentPort(process);
port.onClose(() => {
  setTimeout(() => process.exit(), longestGoodbye).unref();
  void engine.close().finally(() => process.exit());
});
serve<EngineService>(port, engine.service, (method, error) => {
  process.stderr.write(`${method}: ${engine.failures.add(method, error)}\n`);
});
void engine.tidy().catch((error: Error) => process.stderr.write(`tidy: ${error.message}\n`));
