export const dataFailures = {
  'data.unreadable': {
    message: '{file} cannot be read as {kind}: {detail}',
    mend: 'Give an .npz, an .npy, or a folder of test_data_set_* folders.',
  },
} as const;

export const dataSentences = {
  'data.random': 'The inputs are random numbers: nothing measured on them means anything.',
} as const;
