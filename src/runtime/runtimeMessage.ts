const failedNode = /Non-zero status code returned while running (\S+) node\. Name:'([^']*)' Status Message: /g;
/** A file and line, then the signature of a function or its name alone. */
const sourceLocation =
  /(?:\/\S*\/)?[\w.]+\.(?:cc|cpp|h|hpp):\d+ (?:[^()\n]*::[^()\n]*\([^()\n]*\)(?: const)?(?: \[with [^\]]*\])?|\S+) (?=\S)/g;
/** `input_shape_size == requested_shape_size was false. ` */
const failedCondition = /(^|: )[^.:]* was false\. /g;

/**
 * What a person can use of an onnxruntime error, as one sentence: without source locations, C++ signatures, status
 * codes, and what Tare says itself (which model it was).
 */
export function runtimeMessage(text: string): string {
  const sentence = text
    .replace(/\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : /g, '')
    .replace(/^Load model from .*? failed:\s*/s, '')
    .replace(failedNode, (_, op: string, name: string) => (name === '' ? `${op}: ` : `${op} '${name}': `))
    .replace(sourceLocation, '')
    .replace(failedCondition, '$1')
    .replace(/\s*Please fix either the inputs\/outputs or the model\.\s*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const told = sentence === '' ? 'it gave no reason' : sentence;
  return /[.!?]$/.test(told) ? told : `${told}.`;
}
