export const onnxFailures = {
  'onnx.truncated': {
    message: '{file} ends in the middle of {what} (at byte {offset}).',
    mend: 'Copy or download the file again.',
  },
} as const;
