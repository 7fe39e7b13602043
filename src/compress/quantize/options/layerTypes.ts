/** What weights and activations of a layer can become; float32 leaves them as they are. */
export const layerTypes = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int4',
  'uint4',
  'int2',
  'uint2',
  'float8e4m3fn',
  'float8e5m2',
  'float32',
] as const;

export type LayerType = (typeof layerTypes)[number];
