/** A manifest: a JSON file that joins what feeds the inputs of a model. */
import { z } from 'zod';
import { preprocessingSchema } from '../images/preprocessing.js';

const path = z.string().min(1);

/** Numbers, in lists of lists for axes. */
export type Nested = number | readonly Nested[];
const nested: z.ZodType<Nested> = z.lazy(() => z.union([z.number(), z.array(nested)]));

/** A preset's name, the path of a JSON file, or the preprocessing itself. */
const preprocessing = z.union([path, preprocessingSchema]);

const source = z.union([
  path,
  z.strictObject({ npy: path }),
  z.strictObject({ npz: path, array: z.string().optional() }),
  z.strictObject({ csv: path }),
  z.strictObject({ images: path, preprocessing: preprocessing.optional() }),
  z.strictObject({ value: nested }),
]);

const label = z.union([z.int().min(0), z.string()]);

export const manifestSchema = z.strictObject({
  /** By the name of the input: one file for all samples, or a value that is the same for all. */
  inputs: z.record(z.string(), source).optional(),
  /** One by one: by the name of the input an image, an .npy or numbers, and `label` and `sequence`. */
  samples: z
    .array(z.record(z.string(), z.union([path, nested])))
    .min(1)
    .optional(),
  /** A file (.npy, .npz or .csv with labels), or one of each sample: a number, or the name of a class. */
  labels: z.union([path, z.array(label)]).optional(),
  /** The names of the classes from 0 up, or a file with one a line. */
  classes: z.union([path, z.array(z.string()).min(1)]).optional(),
  /** Which sequence each sample belongs to: state is carried within one. A file, or one of each sample. */
  sequences: z.union([path, z.array(z.union([z.number(), z.string()]))]).optional(),
  /** Of images that have none of their own. */
  preprocessing: preprocessing.optional(),
  /** Recurrent state beyond what names tell: `state=stateN`. */
  carry: z.array(z.string()).optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestSource = z.infer<typeof source>;
