export const dataFailures = {
  'data.not-found': {
    message: 'There is no data at {path}.',
    mend: 'Give an .npz, an .npy, a folder of test_data_set_* folders, or random.',
  },
  'data.unknown-kind': {
    message: '{path} is no data set that Tare reads.',
    mend: 'Give an .npz, an .npy, or a folder of test_data_set_* folders that hold input_0.pb.',
  },
  'data.unreadable': {
    message: '{file} cannot be read as {kind}: {detail}.',
    mend: 'Write the file again; Tare reads what numpy.save, numpy.savez and numpy.savez_compressed write.',
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
} as const;

export const dataSentences = {
  'data.random': 'The inputs are random numbers ({shapes}): nothing measured on them means anything.',
  'data.unused': 'Not used of {file}: {arrays}. The model has no such input.',
  'data.limited': 'Only {count} of the {total} samples of {file} are used.',
  'data.rounded': 'Array {array} is {actual}; it was rounded to {expected}.',
} as const;
