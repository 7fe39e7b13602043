export const onnxFailures = {
  'onnx.not-found': {
    message: 'There is no file {file}.',
    mend: 'Check the path.',
  },
  'onnx.not-a-file': {
    message: '{file} is not a file.',
    mend: 'Give the path of an .onnx file.',
  },
  'onnx.unreadable': {
    message: '{file} cannot be read: {detail}.',
    mend: 'Check that you may read the file and that its disk is there.',
  },
  'onnx.empty': {
    message: '{file} is empty.',
    mend: 'Copy or download the file again.',
  },
  'onnx.lfs-pointer': {
    message: '{file} is a Git LFS pointer, not the model itself.',
    mend: 'Run git lfs pull in its repository.',
  },
  'onnx.ort-format': {
    message: '{file} is in the ORT format, which Tare does not read.',
    mend: 'Open the .onnx file that it was made from.',
  },
  'onnx.not-a-model': {
    message: '{file} is not an ONNX model: {detail}.',
    mend: 'Export the model to ONNX, or check that the download is complete.',
  },
  'onnx.truncated': {
    message: '{file} ends in the middle of {what} (at byte {offset}).',
    mend: 'Copy or download the file again.',
  },
  'onnx.malformed': {
    message: '{file} is damaged in {what}, near byte {offset}: {detail}.',
    mend: 'Copy or download the file again, or export it anew.',
  },
  'onnx.element-type': {
    message: 'The tensor {tensor} of {file} has the element type {code}, which ONNX does not define.',
    mend: 'Export the model with a released version of ONNX, or copy the file again.',
  },
  'onnx.tensor-shape': {
    message: 'The tensor {tensor} of {file} has the impossible shape {shape}.',
    mend: 'Copy or download the file again, or export it anew.',
  },
  'onnx.tensor-size': {
    message: 'The tensor {tensor} of {file} needs {expected} bytes by its type and shape, and has {found}.',
    mend: 'Copy or download the file again, or export it anew.',
  },
  'onnx.external-missing': {
    message: 'The data file {file}, which holds the tensor {tensor}, is not there.',
    mend: "Put it into the model's folder, under the same name.",
  },
  'onnx.external-short': {
    message: 'The data file {file} ends at byte {size}, before the end of the tensor {tensor} (at byte {end}).',
    mend: 'Copy or download the data file again.',
  },
  'onnx.external-range': {
    message:
      'The tensor {tensor} lies at an impossible place in the data file {file}: offset {offset}, length {length}.',
    mend: 'Export the model again.',
  },
  'onnx.external-escapes': {
    message: 'The tensor {tensor} of {model} is said to lie in {file}, which is outside of the model’s folder.',
    mend: 'Put the data file itself, not a link, beside the model and export or edit the model to name it there.',
  },
  'onnx.file-changed': {
    message: '{file} changed on disk after it was opened.',
    mend: 'Open it again.',
  },
  'onnx.output-is-input': {
    message: 'The output {output} is the same file as the input {input}.',
    mend: 'Choose another name for the output.',
  },
  'onnx.output-not-a-file': {
    message: '{output} is not a file that a model can replace.',
    mend: 'Choose another name for the output.',
  },
  'onnx.no-folder': {
    message: 'The folder {folder} does not exist, so {output} cannot be written.',
    mend: 'Make the folder first, or choose another.',
  },
  'onnx.being-written': {
    message: '{output} is being written already.',
    mend: 'Wait until that is done, or choose another name for the output.',
  },
  'onnx.too-large': {
    message: 'The model is {bytes} bytes long; in memory it can be at most {limit}.',
    mend: 'Write it to a file instead: past 2 GB its tensors go to a data file.',
  },
  'onnx.unwritable': {
    message: '{file} cannot be written: {detail}.',
    mend: 'Check that the folder is there, that you may write to it, and that the disk has room.',
  },
} as const;

export const onnxSentences = {
  'onnx.missing-data': 'The data file {file} is missing; without it these tensors cannot be read ({count}): {tensors}.',
  'onnx.damaged-tensors': 'These tensors are damaged and cannot be read ({count}): {tensors}.',
} as const;
