/**
 * What a person can use of an onnxruntime error, as one sentence: without source locations, C++ signatures, status
 * codes, and what Tare says itself (which model it was).
 */
export function runtimeMessage(text: string): string {
  const sentence = text
    .replace(/\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : /g, '')
    .replace(/^Load model from .*? failed:\s*/s, '')
    .replace(/Non-zero status code returned while running (\S+) node\. Name:'([^']*)' Status Message: /g, "$1 '$2': ")
    .replace(/\/\S*\.(?:cc|cpp|h|hpp):\d+ (?:[^\n]*?\)(?: const)?(?: \[with [^\]]*\])?(?: mutable)?|\S+) (?=\S)/g, '')
    .replace(/\b\S+ was false\. /g, '')
    .replace(/\s*Please fix either the inputs\/outputs or the model\.\s*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const told = sentence === '' ? 'it gave no reason' : sentence;
  return /[.!?]$/.test(told) ? told : `${told}.`;
}
