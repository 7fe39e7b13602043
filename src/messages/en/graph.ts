const exportAgain = 'Export the model again, or repair it with the tool that wrote it.';

export const graphFailures = {
  'graph.cycle': {
    message: 'The nodes of {graph} form a cycle through {node}.',
    mend: 'Export the model again: an ONNX graph must not have cycles.',
  },
  'graph.missingValue': {
    message: '{node} in {graph} reads {value}, which nothing makes.',
    mend: exportAgain,
  },
  'graph.missingOutput': {
    message: 'The output {value} of {graph} is made by nothing.',
    mend: exportAgain,
  },
  'graph.duplicateValue': {
    message: 'The value {value} of {graph} is made twice, the second time by {node}.',
    mend: exportAgain,
  },
  'graph.missingOpset': {
    message: '{node} uses the operator set “{domain}”, which the model does not import.',
    mend: exportAgain,
  },
  'graph.recursiveFunction': {
    message: 'The local function {function} calls itself.',
    mend: 'Export the model again: an ONNX function must not call itself, nor through another.',
  },
  'graph.nestedTooDeep': {
    message: 'The subgraphs of {node} are nested deeper than {limit} levels.',
    mend: 'Export the model again with its control flow unrolled or simplified: no runtime loads such a model.',
  },
  'graph.opsetTooOld': {
    message: 'The model imports version {version} of the operator set “{domain}”, and {needed} is needed.',
    mend: 'Export the model with opset {needed} or later.',
  },
  'graph.cannotUpgradeOpset': {
    message:
      'The model cannot be raised from opset {from} to {to}: {node} is a {op}, whose meaning changed at opset {changed}.',
    mend: 'Export the model with opset {to} or later.',
  },
  'graph.opsetOutOfReach': {
    message: 'Tare raises opsets from {oldest} up to {newest}, and this model would go from {from} to {to}.',
    mend: 'Export the model with opset {to} or later.',
  },
} as const;

/** Why the shapes of a node's outputs are not known. */
export const graphSentences = {
  'graph.unresolved.operator': 'Tare has no shape rule for {op}.',
  'graph.unresolved.shape': 'The shape of {value} is not known.',
  'graph.unresolved.data': 'The shape depends on the contents of {value}, which are computed at run time.',
  'graph.unresolved.axis': 'The axis {axis} does not exist in a tensor of rank {rank}.',
  'graph.unresolved.rank': '{value} has rank {rank}, and the operator takes rank {expected}.',
  'graph.unresolved.mismatch': 'The shapes {a} and {b} do not fit together.',
  'graph.unresolved.attribute': 'The attribute {attribute} is missing or not valid.',
  'graph.unresolved.sizes': 'Some sizes depend on data that is computed at run time.',
  'graph.unresolved.impossible': 'Its inputs and attributes would make a dimension of size {size}.',
  'graph.unresolved.recursion': 'Its subgraphs or functions are nested too deep.',
} as const;
