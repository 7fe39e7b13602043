export const dataFailures = {
  'data.not-found': {
    message: 'There is no data at {path}.',
    mend: 'Give an .npz, .npy or .csv file, a folder of images or of test_data_set_* folders, a manifest (.json), or random.',
  },
  'data.unknown-kind': {
    message: '{path} is no data set that Tare reads.',
    mend: 'Give an .npz, .npy or .csv file, a folder of JPEG or PNG images or of test_data_set_* folders that hold input_0.pb, or a manifest (.json) that joins them.',
  },
  'data.unreadable': {
    message: '{file} cannot be read as {kind}: {detail}.',
    mend: 'Write the file again; Tare reads what numpy.save, numpy.savez and numpy.savez_compressed write, and CSV as of RFC 4180.',
  },
  'data.changed': {
    message: '{file} changed while it was in use.',
    mend: 'Run it again.',
  },
  'data.array-type': {
    message: 'Array {array} of {file} has the type {dtype}, which no model takes.',
    mend: 'Save it as float32, an integer type or bool, in little-endian byte order.',
  },
  'data.missing-input': {
    message: '{file} has no array for the input {input} of the model; it has {arrays}.',
    mend: 'Name the arrays as the inputs of the model: {inputs}.',
  },
  'data.one-array': {
    message: '{file} holds one array, and the model has the inputs {inputs}.',
    mend: 'Save an .npz with one array for each input, by name.',
  },
  'data.shape': {
    message: 'Array {array} of {file} has the shape [{shape}], but the input {input} takes [{expected}].',
    mend: 'Give it the shape [samples,{sample}]: the first axis counts the samples.',
  },
  'data.type': {
    message: 'Array {array} of {file} is {actual}, but the input {input} takes {expected}.',
    mend: 'Convert it as the training did (for images often x.astype("float32") / 255) and save it as {expected}.',
  },
  'data.type-whole': {
    message: 'Array {array} of {file} is {actual}, but the input {input} takes {expected}.',
    mend: 'Give whole numbers, saved as {expected}.',
  },
  'data.value': {
    message: 'Array {array} of {file} has the value {value}, which does not fit into {expected} of the input {input}.',
    mend: 'Save it as {expected}.',
  },
  'data.input-kind': {
    message: 'The input {input} of the model is {kind}, which no data set can hold.',
    mend: 'Only inputs that are tensors of numbers can be fed.',
  },
  'data.random-size': {
    message: 'The input {input} of shape [{shape}] takes {elements} numbers, too many to make at random.',
    mend: 'Give data of the size that the model is really run on.',
  },
  'data.no-samples': {
    message: '{file} holds no samples.',
    mend: 'The first axis of each array counts the samples: give at least one.',
  },
  'data.sample-count': {
    message: 'In {file}, {array} has {count} samples and {other} has {otherCount}.',
    mend: 'Every array, labels included, needs the same number of samples along its first axis.',
  },
  'data.labels': {
    message: 'The labels of {file} are not classes: {detail}.',
    mend: 'Give labels as one whole number from 0 up for each sample.',
  },
  'data.test-data-set': {
    message: '{folder} does not fit the model: {detail}.',
    mend: 'A test_data_set folder holds one input_N.pb for each input of the model, in their order.',
  },
  'data.missing-scalar': {
    message: '{file} has nothing for the input {input} of the model, which is one number; it has {arrays}.',
    mend: 'Add an array {input} of one number to an .npz, or write a manifest with {"inputs": {"{input}": {"value": NUMBER}}} beside the other inputs.',
  },
  'data.missing-array': {
    message: '{file} has no array {name}; it has {arrays}.',
    mend: 'Name the array {name}, or save it alone.',
  },
  'data.sequences': {
    message: 'The sequences of {file} cannot be told: {detail}.',
    mend: 'Give the number of its sequence as one number for each sample.',
  },
  'data.states': {
    message: 'The carried states of {samples} samples of {file} already take {bytes}.',
    mend: 'Give fewer samples.',
  },
  'data.json': {
    message: '{file} cannot be used: {detail}.',
    mend: 'Mend the file; docs/data.md tells what may stand in it.',
  },
  'data.preprocess': {
    message: 'There is no preprocessing {name}.',
    mend: 'Give one of {presets}, or the path of a JSON file (./preprocessing.json).',
  },
  'data.csv-header': {
    message: '{file} has no header, and the model has several inputs.',
    mend: 'Name the columns in the first line: input[0], input[1], …',
  },
  'data.csv-columns': {
    message: '{file} has {count} columns for the input {input}, which takes [{expected}].',
    mend: 'Give as many columns as a sample has numbers, and name them in the first line: {input}[0], {input}[1], …; labels are the column label.',
  },
  'data.csv-value': {
    message: 'Line {line} of {file} has "{text}" in the column {column}, which is no number.',
    mend: 'Write decimal numbers with a point; labels as whole numbers from 0 up.',
  },
  'data.csv-whole': {
    message: 'Row {row} of {file} has {value}, and the input takes whole numbers.',
    mend: 'Write whole numbers.',
  },
  'data.image': {
    message: 'The image {file} cannot be used: {detail}.',
    mend: 'Mend or remove the file; Tare reads JPEG and PNG.',
  },
  'data.images.none': {
    message: 'There is no JPEG or PNG image in {path}.',
    mend: 'Give a folder with .jpg, .jpeg or .png files.',
  },
  'data.images.one-input': {
    message: 'The folder {folder} holds images for one input, and the model has the inputs {inputs}.',
    mend: 'Write a manifest (.json) that says what feeds each input.',
  },
  'data.images.class': {
    message: 'The folder {name} in {folder} is none of its classes: {classes}.',
    mend: 'List the names of all folders in the order of the model’s classes, or leave the list away for alphabetical order.',
  },
  'data.images.fit': {
    message: 'The input {input} of shape [{shape}] does not take images: {detail}.',
    mend: 'Say what the axes are with "layout", "channels" and "size" of a preprocessing, or give arrays (.npz).',
  },
  'data.images.size': {
    message: 'The preprocessing makes images of {size}, and the input {input} takes [{shape}]: {expected}.',
    mend: 'Leave "size" away: the size of the input is used.',
  },
  'data.images.needs-size': {
    message: 'resize "{resize}" needs a size, and the input {input} takes any.',
    mend: 'Give "size": [height, width].',
  },
  'data.images.values': {
    message: 'The preprocessing does not make values for the input {input}: {detail}.',
    mend: 'Choose "scale", "mean" and "std" so that (pixel * scale - mean) / std fits the type of the input.',
  },
  'data.no-picture': {
    message: 'No input is a picture: {inputs}.',
    mend: 'Leave --preview away; a picture has 1 or 3 channels and rows and columns.',
  },
  'data.manifest-outside': {
    message: '{file} names {path}, which is outside of its folder.',
    mend: 'Put the data into the folder of the manifest, and name it relative to that.',
  },
  'data.manifest-missing': {
    message: '{file} names {path}, which is not there.',
    mend: 'Name it relative to the folder of the manifest.',
  },
  'data.manifest-input': {
    message: '{file} has nothing for the input {input} of the model; it has {given}.',
    mend: 'Add {input} to its inputs or to each of its samples; the model has the inputs {inputs}.',
  },
  'data.manifest-sample': {
    message: 'Sample {sample} of {file} has nothing for the input {input}.',
    mend: 'Give each sample the same inputs.',
  },
  'data.manifest-kind': {
    message:
      'Sample {sample} of {file} names {path}, which is neither an .npy nor, like those of all other samples, an image.',
    mend: 'Name .npy files, or JPEG or PNG images alone.',
  },
  'data.manifest-value': {
    message: 'The value of {input} in {file} is no array: {detail}.',
    mend: 'Write a number, or lists of equal length.',
  },
  'data.sample-shape': {
    message: '{array} ({file}) has the shape [{shape}], but the input {input} takes [{expected}].',
    mend: 'Give each sample in the shape of the input, with or without its first axis.',
  },
} as const;

export const dataSentences = {
  'data.images.made': '{input} is made of images: {channels}, {size}, axes {order}, values {least} to {greatest}.',
  'data.images.inferred':
    'No preprocessing was given, so {input} is made of images as is usual for its shape and type: {channels}, {size}, axes {order}, values {least} to {greatest}. If the model was trained otherwise, say so with --preprocess.',
  'data.images.classes': 'The folders are the classes: {classes}.',
  'data.images.loose': '{count} images of {folder} lie in no folder of a class, so there are no labels.',
  'data.images.other-kinds': '{count} images of {folder} are neither JPEG nor PNG and are left out.',
  'data.random': 'The inputs are random numbers ({shapes}): nothing measured on them means anything.',
  'data.unused': 'Not used of {file}: {arrays}. The model has no such input.',
  'data.limited': 'Only {count} of the {total} samples of {file} are used.',
  'data.rounded': 'Array {array} is {actual}; it was rounded to {expected}.',
} as const;
