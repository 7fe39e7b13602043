/** Where `test/run.ts` has started the one server and the one browser of this run. */
export const serverVariable = 'TARE_TEST_SERVER';
export const browserVariable = 'TARE_TEST_BROWSER';
/** The folder that the extension is installed in. */
export const extensionsVariable = 'TARE_TEST_EXTENSIONS';

export function endpoint(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error('Page tests need a server and a browser: run them by `npm test -- --only ui`.');
  return value;
}
