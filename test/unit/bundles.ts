import { fileURLToPath } from 'node:url';

/** Where globalSetup puts the bundles that tests start as processes. */
export const bundleFolder = fileURLToPath(new URL('../../out/test', import.meta.url));
