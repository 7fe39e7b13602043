import fc from 'fast-check';

/** One seed for all properties, so that a run can be repeated; soak and TARE_SEED try others. */
const seed = process.env.TARE_SEED ?? (process.env.TARE_SOAK ? Date.now() : 1);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
