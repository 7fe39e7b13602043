import { Graph } from '../graph/graph.js';
import type {
  Attribute,
  AttributeValue,
  Initializer,
  LocalFunction,
  Model,
  SparseTensor,
  ValueInfo,
} from '../graph/model.js';
import { Node } from '../graph/node.js';
import { Failure } from '../messages/failure.js';
import type { Tensor } from '../tensor/tensor.js';
import { attributeKind, attributeKinds } from './attributes.js';
import { absent, carry, entriesToMap, irregularEntries, splitRepeated } from './carried.js';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  OpsetProto,
  SparseTensorProto,
  TensorProto,
  ValueInfoProto,
} from './protos.js';
import type { TensorReading } from './storedTensor.js';
import { StoredBytes, storedTensor } from './storedTensor.js';
import { valueTypeOf } from './valueTypes.js';

/** A decoded file as a model, and the tensors whose bytes are known to be unreadable. */
export function toModel(proto: ModelProto, reading: TensorReading): { model: Model; unreadable: StoredBytes[] } {
  const builder = new ModelBuilder(reading);
  return { model: builder.model(proto), unreadable: builder.unreadable };
}

export const standardDomain = (domain: string | undefined): string => (domain === 'ai.onnx' ? '' : (domain ?? ''));

class ModelBuilder {
  readonly unreadable: StoredBytes[] = [];

  constructor(private readonly reading: TensorReading) {}

  model(proto: ModelProto): Model {
    const { irVersion, producerName, producerVersion, domain, modelVersion, docString, graph, ...others } = proto;
    const { opsetImport, metadataProps, functions, ...rest } = others;
    return {
      irVersion: Number(irVersion ?? 0n),
      opsets: opsetsOf(opsetImport),
      producerName,
      producerVersion,
      domain,
      modelVersion,
      docString,
      metadata: entriesToMap(metadataProps),
      graph: this.graph(graph ?? {}),
      functions: (functions ?? []).map((entry) => this.function(entry)),
      carried: carry<ModelProto>(
        { ...rest, opsetImport, metadataProps: irregularEntries(metadataProps) },
        absent(proto, 'irVersion'),
      ),
    };
  }

  graph(proto: GraphProto): Graph {
    const { node, name, initializer, docString, input, output, valueInfo, ...others } = proto;
    const { sparseInitializer, metadataProps, ...rest } = others;
    const dense = splitRepeated(initializer, (tensor) => tensor.name);
    const taken = dense.first.map((tensor) => tensor.name);
    const sparse = splitRepeated(sparseInitializer, (tensor) => tensor.values?.name, taken);
    const infos = splitRepeated(valueInfo, (info) => info.name);
    return new Graph({
      name: name ?? '',
      docString,
      nodes: (node ?? []).map((entry) => this.node(entry)),
      inputs: (input ?? []).map(valueInfoOf),
      outputs: (output ?? []).map(valueInfoOf),
      valueInfos: infos.first.map(valueInfoOf),
      initializers: [
        ...dense.first.map((entry) => this.initializer(entry)),
        ...sparse.first.map((entry) => this.sparseInitializer(entry)),
      ],
      metadata: metadataProps && entriesToMap(metadataProps),
      carried: carry<GraphProto>({ ...rest, metadataProps: irregularEntries(metadataProps) }, absent(proto, 'name'), {
        initializer: dense.repeated,
        sparseInitializer: sparse.repeated,
        valueInfo: infos.repeated,
      }),
    });
  }

  function(proto: FunctionProto): LocalFunction {
    const { name, input, output, attribute, node, docString, opsetImport, domain, ...others } = proto;
    const { attributeProto, valueInfo, overload, metadataProps, ...rest } = others;
    const infos = splitRepeated(valueInfo, (info) => info.name);
    const attributes = splitRepeated(attributeProto, (entry) => entry.name);
    return {
      domain: domain ?? '',
      name: name ?? '',
      overload,
      opsets: opsetsOf(opsetImport),
      attributeNames: [...(attribute ?? [])],
      attributeDefaults: this.attributes(attributes.first),
      graph: new Graph({
        name: name ?? '',
        docString,
        nodes: (node ?? []).map((entry) => this.node(entry)),
        inputs: (input ?? []).map((value) => ({ name: value })),
        outputs: (output ?? []).map((value) => ({ name: value })),
        valueInfos: infos.first.map(valueInfoOf),
        metadata: metadataProps && entriesToMap(metadataProps),
      }),
      carried: carry<FunctionProto>(
        { ...rest, opsetImport, metadataProps: irregularEntries(metadataProps) },
        absent(proto, 'name', 'domain'),
        { attributeProto: attributes.repeated, valueInfo: infos.repeated },
      ),
    };
  }

  node(proto: NodeProto): Node {
    const { input, output, name, opType, attribute, docString, domain, overload, metadataProps, ...rest } = proto;
    const attributes = splitRepeated(attribute, (entry) => entry.name);
    const written = standardDomain(domain) === '' ? domain : undefined;
    return new Node({
      opType: opType ?? '',
      domain: standardDomain(domain),
      overload,
      name,
      inputs: input ?? [],
      outputs: output ?? [],
      attributes: this.attributes(attributes.first),
      docString,
      metadata: metadataProps && entriesToMap(metadataProps),
      carried: carry<NodeProto>(
        { ...rest, domain: written, metadataProps: irregularEntries(metadataProps) },
        absent(proto, 'opType'),
        { attribute: attributes.repeated },
      ),
    });
  }

  attributes(protos: readonly AttributeProto[]): Map<string, Attribute> {
    return new Map(protos.map((proto) => [proto.name ?? '', this.attribute(proto)]));
  }

  attribute(proto: AttributeProto): Attribute {
    const { name: _, docString, ...content } = proto;
    const value = this.attributeValue(proto);
    const omitted = absent(proto, 'name');
    if (value.kind === 'opaque') return { ...value, docString, carried: carry<AttributeProto>(content, omitted) };
    if (value.kind === 'reference') {
      const { refAttrName: __, ...rest } = content;
      return { ...value, docString, carried: carry<AttributeProto>(rest, omitted) };
    }
    const { type: __, ...rest } = content;
    const { field } = attributeKinds[value.kind];
    delete rest[field];
    omitted.push(...absent(proto, 'type', field));
    return { ...value, docString, carried: carry<AttributeProto>(rest, omitted) };
  }

  attributeValue(proto: AttributeProto): AttributeValue {
    const kind = attributeKind(proto);
    switch (kind) {
      case 'float':
        return { kind, value: proto.f ?? 0 };
      case 'int':
        return { kind, value: proto.i ?? 0n };
      case 'string':
        return proto.s && !(proto.s instanceof Uint8Array)
          ? { kind: 'opaque' }
          : { kind, value: proto.s ?? new Uint8Array(0) };
      case 'tensor':
        return this.ifDefined(() => ({ kind, value: this.tensor(proto.t ?? {}), name: proto.t?.name }));
      case 'graph':
        return proto.g ? { kind, value: this.graph(proto.g) } : { kind: 'opaque' };
      case 'sparse':
        return this.ifDefined(() => ({ kind, value: this.sparseTensor(proto.sparseTensor ?? {}) }));
      case 'floats':
        return { kind, value: proto.floats ?? [] };
      case 'ints':
        return { kind, value: proto.ints ?? [] };
      case 'strings':
        return { kind, value: proto.strings ?? [] };
      case 'graphs':
        return { kind, value: (proto.graphs ?? []).map((graph) => this.graph(graph)) };
      case 'tensors':
        return this.ifDefined(() => ({ kind, value: (proto.tensors ?? []).map((tensor) => this.tensor(tensor)) }));
      case 'reference':
        return { kind, value: proto.refAttrName! };
      case 'opaque':
        return { kind };
    }
  }

  /** An attribute whose tensor has no type (some exporters leave such) is carried as it is. */
  ifDefined(value: () => AttributeValue): AttributeValue {
    try {
      return value();
    } catch (error) {
      if (error instanceof Failure && error.code === 'onnx.element-type') return { kind: 'opaque' };
      throw error;
    }
  }

  initializer(proto: TensorProto): Initializer {
    const { metadataProps, docString } = proto;
    return {
      name: proto.name ?? '',
      tensor: this.tensor(proto),
      docString,
      carried: carry<TensorProto>({ metadataProps }, absent(proto, 'name')),
    };
  }

  sparseInitializer(proto: SparseTensorProto): Initializer {
    const sparse = this.sparseTensor(proto);
    return { name: proto.values?.name ?? '', tensor: sparse.values, sparse };
  }

  sparseTensor(proto: SparseTensorProto): SparseTensor {
    const { values, indices, dims, ...rest } = proto;
    return {
      values: this.tensor(values ?? {}),
      indices: this.tensor(indices ?? {}),
      shape: (dims ?? []).map(Number),
      carried: carry<SparseTensorProto>(rest),
    };
  }

  tensor(proto: TensorProto): Tensor {
    const tensor = storedTensor(proto, this.reading);
    if (tensor.bytes instanceof StoredBytes && tensor.bytes.failure) this.unreadable.push(tensor.bytes);
    return tensor;
  }
}

function valueInfoOf(proto: ValueInfoProto): ValueInfo {
  const { name, type, docString, ...rest } = proto;
  return {
    name: name ?? '',
    type: valueTypeOf(type),
    docString,
    carried: carry<ValueInfoProto>({ ...rest, type }, absent(proto, 'name')),
  };
}

function opsetsOf(entries: readonly OpsetProto[] | undefined): Map<string, number> {
  return new Map((entries ?? []).map(({ domain, version }) => [standardDomain(domain), Number(version ?? 0n)]));
}
