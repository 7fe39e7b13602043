/** The kernels of assembly/, compiled where this is imported (assembly/compile.mjs): a file that is nowhere. */
declare const binary: Uint8Array;
export default binary;
