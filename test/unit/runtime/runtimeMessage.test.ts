import { describe, expect, it } from 'vitest';
import { runtimeMessage } from '../../../src/runtime/runtimeMessage.js';

/** As onnxruntime-node 1.30.0 and Python's onnxruntime 1.30.0 gave them. */
describe('messages of onnxruntime as one sentence', () => {
  it.each([
    [
      "Load model from /tmp/nope.onnx failed:Load model /tmp/nope.onnx failed. File doesn't exist",
      "Load model /tmp/nope.onnx failed. File doesn't exist.",
    ],
    [
      'Load model from /tmp/a.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:187 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&, const onnxruntime::IOnnxRuntimeOpSchemaRegistryList*, const onnxruntime::logging::Logger&, const onnxruntime::ModelOptions&) ModelProto does not have a graph.\n',
      'ModelProto does not have a graph.',
    ],
    ['Failed to load model because protobuf parsing failed.', 'Failed to load model because protobuf parsing failed.'],
    [
      'Got invalid dimensions for input: image for the following indices\n index: 1 Got: 3 Expected: 1\n Please fix either the inputs/outputs or the model.',
      'Got invalid dimensions for input: image for the following indices index: 1 Got: 3 Expected: 1.',
    ],
    [
      "Non-zero status code returned while running If node. Name:'If_0' Status Message: Non-zero status code returned while running Pad node. Name:'a/Pad' Status Message: Pad reflect requires axis length >= 2 after slicing. Input shape:{1,1}",
      "If 'If_0': Pad 'a/Pad': Pad reflect requires axis length >= 2 after slicing. Input shape:{1,1}.",
    ],
    [
      "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running Reshape node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:91 onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, bool) input_shape_size == requested_shape_size was false. The input tensor cannot be reshaped to the requested shape. Input shape:{2,3}, requested shape:{4}\n",
      'Reshape: The input tensor cannot be reshaped to the requested shape. Input shape:{2,3}, requested shape:{4}.',
    ],
    [
      "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running MatMul node. Name:'mm' Status Message: matmul_helper.h:59 Compute MatMul dimension mismatch",
      "MatMul 'mm': MatMul dimension mismatch.",
    ],
    [
      '[ONNXRuntimeError] : 1 : FAIL : /onnxruntime_src/onnxruntime/core/graph/model_load_utils.h:46 void onnxruntime::model_load_utils::ValidateOpsetForDomain(const std::unordered_map<std::__cxx11::basic_string<char>, int>&, const onnxruntime::logging::Logger&, bool, const std::string&, int) ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions.\n',
      'ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions.',
    ],
    [
      '[ONNXRuntimeError] : 10 : INVALID_GRAPH : This is an invalid model. In Node, ("mm", Foo, "", -1) : ("x": tensor(float),) -> ("y": tensor(float),) , Error No Op registered for Foo with domain_version of 13',
      'This is an invalid model. In Node, ("mm", Foo, "", -1) : ("x": tensor(float),) -> ("y": tensor(float),) , Error No Op registered for Foo with domain_version of 13.',
    ],
    [
      '[ONNXRuntimeError] : 1 : FAIL : Type Error: Type parameter (T) of Optype (DequantizeLinear) bound to different types (tensor(uint8) and tensor(int8) in node (g).',
      'Type Error: Type parameter (T) of Optype (DequantizeLinear) bound to different types (tensor(uint8) and tensor(int8) in node (g).',
    ],
    ['', 'it gave no reason.'],
  ])('%#', (text, sentence) => {
    expect(runtimeMessage(text)).toBe(sentence);
  });
});
