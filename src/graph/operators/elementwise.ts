import type { Operator, OperatorTable } from './operator.js';

const plain: Operator = { inputs: ['data'] };

const names = [
  ...['Abs', 'Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Ceil', 'Cos', 'Cosh', 'Erf', 'Exp', 'Floor', 'Log'],
  ...[
    'Neg',
    'Reciprocal',
    'Round',
    'Sign',
    'Sin',
    'Sinh',
    'Sqrt',
    'Tan',
    'Tanh',
    'Not',
    'BitwiseNot',
    'IsNaN',
    'IsInf',
  ],
  ...['Celu', 'Elu', 'Gelu', 'HardSigmoid', 'HardSwish', 'LeakyRelu', 'Mish', 'Relu', 'Selu', 'Shrink', 'Sigmoid'],
  ...['Softplus', 'Softsign', 'Swish', 'ThresholdedRelu', 'Hardmax', 'LogSoftmax', 'Softmax'],
  ...['Add', 'And', 'BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'Div', 'Equal', 'Greater', 'GreaterOrEqual'],
  ...['Less', 'LessOrEqual', 'Max', 'Mean', 'Min', 'Mod', 'Mul', 'Or', 'Pow', 'Sub', 'Sum', 'Where', 'Xor'],
  ...['Cast', 'CastLike', 'BitCast', 'Identity', 'Dropout'],
];

export const elementwise: OperatorTable = {
  ...Object.fromEntries(names.map((name) => [name, plain])),
  Clip: { inputs: ['data', 'argument', 'argument'] },
  Dropout: { inputs: ['data', 'argument', 'argument'] },
  PRelu: { inputs: ['data', 'weight'] },
};
