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
} as const;

export const inspectSentences = {
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
  'inspect.finding.dominant': '{layer} holds {share} of the bytes of all weights: what is gained there counts most.',
  'inspect.finding.quantized':
    'Already quantized: {count} of {total} weights ({types}). They are quantized anew only after they have been dequantized.',
  'inspect.finding.constant-nodes':
    'In Constant nodes: {count} of {total} weights ({bytes}). Tools that look only at initializers miss them.',
  'inspect.finding.unnamed': 'Without a name: {count} of {total} nodes. They go by their operator and first output.',
} as const;
