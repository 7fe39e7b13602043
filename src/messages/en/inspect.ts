export const inspectFailures = {
  'inspect.scale-shape': {
    message: '{weight} of {layer} is quantized with {scales} scales where its shape {shape} asks for {expected}.',
    mend: 'Quantize or export the model again.',
  },
  'inspect.packed-size': {
    message: '{weight} of {layer} has {found} bytes where {rows} by {columns} numbers of {bits} bits take {expected}.',
    mend: 'Quantize or export the model again.',
  },
  'inspect.sparse-size': {
    message: 'A sparse tensor of shape {shape} stands for {elements} numbers, more than can be measured.',
    mend: 'Export the model again, or check that its download is complete.',
  },
  'inspect.sparse-position': {
    message: 'A sparse tensor of shape {shape} has a value at position {position}, outside of it.',
    mend: 'Export the model again, or check that its download is complete.',
  },
  'inspect.worker-failed': {
    message: 'A thread that measures weights has failed: {detail}',
    mend: 'Try again. If it fails again, close other programs: memory may be short.',
  },
  'inspect.no-tensor': {
    message: 'The model has no tensor {tensor}.',
    mend: 'The nearest name is {nearest}.',
  },
  'inspect.same-name': {
    message: 'Different tensors go by the name {tensor}.',
    mend: 'Say which: {first} or {second}.',
  },
  'inspect.no-target': {
    message: 'Tare knows no target {target}.',
    mend: 'The nearest is {nearest}; there are {targets}.',
  },
  'inspect.npy-strings': {
    message: '{weight} holds texts, which a .npy file of numbers cannot.',
    mend: 'Choose a tensor of numbers.',
  },
} as const;

export const inspectSentences = {
  'inspect.node-data.bytes': 'Tare: bytes of weights',
  'inspect.node-data.parameters': 'Tare: parameters',
  'inspect.node-data.macs': 'Tare: MACs',
  'inspect.node-data.zeros': 'Tare: share of zeros in the largest weight',
  'inspect.node-data.range': 'Tare: largest magnitude in the largest weight',
  'inspect.html.title': '{file}: what it is made of',
  'inspect.html.summary': '{parameters} parameters, {bytes}, {macs} MACs a sample, {layers} layers',
  'inspect.html.unknown': 'unknown',
  'inspect.html.file': 'File',
  'inspect.html.opsets': 'Operator sets',
  'inspect.html.ir': 'IR version',
  'inspect.html.producer': 'Made by',
  'inspect.html.metadata': 'Metadata',
  'inspect.html.inputs': 'Inputs',
  'inspect.html.outputs': 'Outputs',
  'inspect.html.types': 'Weights by type',
  'inspect.html.operators': 'Operators',
  'inspect.html.warnings': 'Warnings',
  'inspect.html.findings': 'Findings',
  'inspect.html.row': 'row {index}',
  'inspect.html.no-findings': 'Nothing that is odd, broken, or could be saved.',
  'inspect.html.layers': 'Layers',
  'inspect.html.layers.note':
    'Range, spread, zeros and histogram are those of the layer’s largest weight. Click a heading to sort.',
  'inspect.html.filter': 'Filter by name, operator or type',
  'inspect.html.histogram': 'histogram of {weight}: {bins} bins from {min} to {max}, the fullest in bin {fullest}',
  'inspect.html.unreadable': 'cannot be read',
  'inspect.html.made': 'Measured and written by Tare from the weights in the file.',
  'inspect.html.column.index': '#',
  'inspect.html.column.layer': 'Layer',
  'inspect.html.column.op': 'Operator',
  'inspect.html.column.output': 'Output',
  'inspect.html.column.shape': 'Weight',
  'inspect.html.column.parameters': 'Parameters',
  'inspect.html.column.bytes': 'Bytes',
  'inspect.html.column.share': 'Share',
  'inspect.html.column.macs': 'MACs',
  'inspect.html.column.type': 'Type',
  'inspect.html.column.min': 'Min',
  'inspect.html.column.max': 'Max',
  'inspect.html.column.std': 'Std',
  'inspect.html.column.zeros': 'Zeros',
  'inspect.html.column.histogram': 'Histogram',
  'inspect.fault': 'onnxruntime will not run this model. {fault} {mend}',
  'inspect.unreadable': 'The numbers cannot be read: {reason} {mend}',
  'inspect.no-numbers': 'Elements of type {dtype} are not numbers that can be measured.',
  'inspect.finding.not-finite':
    '{weight} of {layer} holds values that are not finite (NaN: {nans}, infinite: {infinities}): results that pass through it are lost.',
  'inspect.finding.duplicate':
    '{weight} of {layer} holds the same bytes as {other} of {otherLayer}: sharing one would save {bytes}.',
  'inspect.finding.zeros':
    '{share} of {weight} of {layer} is zero and stored all the same: a sparse form would save {bytes}.',
  'inspect.finding.zeros-compressible':
    '{share} of {weight} of {layer} is zero and stored all the same: only compressing the file would gain from that.',
  'inspect.finding.dead-channels':
    '{dead} of the {channels} channels of {layer} hold only zeros: removing them would save {bytes}.',
  'inspect.finding.constant': 'Every number of {weight} of {layer} is {value}: one number would save {bytes}.',
  'inspect.finding.float64': '{weight} of {layer} is stored as float64: float32 would save {bytes}.',
  'inspect.finding.tails':
    '99.9 % of {weight} of {layer} lies within ±{limit}, all of it within ±{extreme}: an integer type would keep {share} of its codes for the last 0.1 %. A clipping range mends that.',
  'inspect.finding.channel-ranges':
    'The widest channel of {layer} reaches {ratio} times as far as the narrowest: one scale a channel keeps what one scale for all would lose.',
  'inspect.finding.channel-ranges-equalize':
    'The widest channel of {layer} reaches {ratio} times as far as the narrowest: one scale a channel keeps what one scale for all would lose; or the channels can be made equal without any, as only {between} stands between them and {next}.',
  'inspect.finding.channel-ranges-equalize-next':
    'The widest channel of {layer} reaches {ratio} times as far as the narrowest: one scale a channel keeps what one scale for all would lose; or the channels can be made equal without any, as {next} reads them directly.',
  'inspect.finding.dominant': '{layer} holds {share} of the bytes of all weights: what is gained there counts most.',
  'inspect.finding.quantized':
    'Already quantized: {count} of {total} weights ({types}). They are quantized anew only after they have been dequantized.',
  'inspect.finding.constant-nodes':
    'In Constant nodes: {count} of {total} weights ({bytes}). Tools that look only at initializers miss them.',
  'inspect.finding.typed-fields':
    'Stored number by number ({fields}): {count} of {total} weights. As raw_data they would take {bytes} less, and could be read where they lie.',
  'inspect.finding.typed-fields-same':
    'Stored number by number ({fields}): {count} of {total} weights. As raw_data they would take as many bytes, but could be read where they lie.',
  'inspect.finding.batch-normalization':
    'BatchNormalization that can be folded into the layer before it: {count} of {total}. Folding saves {bytes} and as many nodes, and changes no result.',
  'inspect.finding.exactly-float16':
    'Stored as float32, but every number is one that float16 holds exactly: {count} of {total} weights. Storing float16 would save {bytes} and change nothing.',
  'inspect.finding.exactly-bfloat16':
    'Stored as float32, but every number is one that bfloat16 holds exactly: {count} of {total} weights. Storing bfloat16 would save {bytes} and change nothing.',
  'inspect.finding.on-a-grid':
    'Quantized before, but stored as real numbers: {count} of {total} weights lie on a grid of at most {bits} bits ({weight} of {layer}: multiples of {step}). Storing the integers would save {bytes} and change nothing.',
  'inspect.finding.few-values':
    'Of few different numbers: {count} of {total} weights ({weight} of {layer} has {values}). A table of them with an index for each weight would save {bytes} and change nothing.',
  'inspect.finding.near-duplicates':
    '{duplicates} of the {channels} channels of {layer} point the same way as another one, with a cosine of 0.99 or more ({second} as {first}): merging them would save about {bytes}.',
  'inspect.finding.low-rank':
    '{weight} of {layer} is nearly of rank {rank} ({energy} of its energy; {full} is possible): two layers of that rank would save about {bytes}.',
  'inspect.finding.not-fused':
    '{op} has no 8-bit form on {target}: {count} layers would run in float32, with conversions around them.',
  'inspect.finding.not-fused-one':
    '{op} has no 8-bit form on {target}: {layer} would run in float32, with conversions around it.',
  'inspect.finding.unsupported': '{target} knows no operator {op} of {domain} ({layer}): the model does not run there.',
  'inspect.finding.too-new':
    'The model asks for {what} {version}; {target} goes up to {newest}: the model does not run there.',
  'inspect.finding.activation-not-finite':
    'The output {value} of {layer} was no number (NaN) {nans} times: results that pass through it are lost.',
  'inspect.finding.activation-dead':
    '{dead} of the {channels} channels that {layer} gives were zero in all of {samples} samples: if the data is like what will come, the model does as well without them.',
  'inspect.finding.activation-dead-saves':
    '{dead} of the {channels} channels that {layer} gives were zero in all of {samples} samples: if the data is like what will come, the model does as well without them, and saves {bytes}.',
  'inspect.finding.activation-outliers':
    'The output {value} of {layer} reaches {extreme}, but 99.9 % of what is not zero lies within ±{limit}: an integer type would keep {share} of its codes for the rest. A calibration that clips the range mends that.',
  'inspect.finding.unnamed': 'Without a name: {count} of {total} nodes. They go by their operator and first output.',
} as const;
