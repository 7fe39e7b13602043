import type { Graph } from '../graph/graph.js';
import type { Attribute, Initializer, LocalFunction, Model, SparseTensor, ValueInfo } from '../graph/model.js';
import type { Node } from '../graph/node.js';
import { elementTypes } from '../tensor/elementType.js';
import type { Tensor } from '../tensor/tensor.js';
import { attributeKinds } from './attributes.js';
import { carriedOf, mapToEntries, sameMap, unlessOmitted, withRepeated } from './carried.js';
import type { DataFileLayout } from './dataFile.js';
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
import { unknownFields } from './protos.js';
import { externalLocation, StoredBytes } from './storedTensor.js';
import { standardDomain } from './toModel.js';
import { typeProtoOf } from './valueTypes.js';

/**
 * Where tensors are written: all into the model file (`inline`); those of data files left there (`refer`); or the large
 * initializers and Constants into a new data file.
 */
export type TensorPlacement = 'inline' | 'refer' | DataFileLayout;

/** A model as the message of its file. Tensors that were not touched keep the form they have in their file. */
export function fromModel(model: Model, placement: TensorPlacement = 'inline'): ModelProto {
  return new ProtoBuilder(placement).model(model);
}

class ProtoBuilder {
  constructor(private readonly placement: TensorPlacement) {}

  model(model: Model): ModelProto {
    const carried = carriedOf<ModelProto>(model);
    const { producerName, producerVersion, domain, modelVersion, docString } = model;
    const inFunctions = typeof this.placement === 'string' ? this.placement : 'inline';
    return {
      ...carried,
      irVersion: unlessOmitted(carried, 'irVersion', BigInt(model.irVersion), model.irVersion === 0),
      producerName,
      producerVersion,
      domain,
      modelVersion,
      docString,
      graph: this.graph(model.graph),
      opsetImport: opsetProtos(model.opsets, carried.opsetImport),
      metadataProps: mapToEntries(model.metadata, carried.metadataProps),
      functions: model.functions.map((entry) => new ProtoBuilder(inFunctions).function(entry)),
    };
  }

  graph(graph: Graph): GraphProto {
    const carried = carriedOf<GraphProto>(graph);
    const initializers = [...graph.initializers.values()];
    return {
      ...carried,
      node: graph.nodes.map((node) => this.node(node)),
      name: unlessOmitted(carried, 'name', graph.name, graph.name === ''),
      initializer: withRepeated(
        initializers.filter(({ sparse }) => !sparse).map((entry) => this.initializer(entry)),
        carried,
        'initializer',
      ),
      docString: graph.docString,
      input: graph.inputs.map(valueInfoProto),
      output: graph.outputs.map(valueInfoProto),
      valueInfo: withRepeated([...graph.valueInfos.values()].map(valueInfoProto), carried, 'valueInfo'),
      sparseInitializer: withRepeated(
        initializers.flatMap((entry) => (entry.sparse ? [this.sparseInitializer(entry, entry.sparse)] : [])),
        carried,
        'sparseInitializer',
      ),
      metadataProps: mapToEntries(graph.metadata, carried.metadataProps),
    };
  }

  function(entry: LocalFunction): FunctionProto {
    const carried = carriedOf<FunctionProto>(entry);
    const { graph } = entry;
    return {
      ...carried,
      name: unlessOmitted(carried, 'name', entry.name, entry.name === ''),
      input: graph.inputs.map(({ name }) => name),
      output: graph.outputs.map(({ name }) => name),
      attribute: entry.attributeNames,
      node: graph.nodes.map((node) => this.node(node)),
      docString: graph.docString,
      opsetImport: opsetProtos(entry.opsets, carried.opsetImport),
      domain: unlessOmitted(carried, 'domain', entry.domain, entry.domain === ''),
      attributeProto: withRepeated(this.attributes(entry.attributeDefaults), carried, 'attributeProto'),
      valueInfo: withRepeated([...graph.valueInfos.values()].map(valueInfoProto), carried, 'valueInfo'),
      overload: entry.overload,
      metadataProps: mapToEntries(graph.metadata, carried.metadataProps),
    };
  }

  node(node: Node): NodeProto {
    const carried = carriedOf<NodeProto>(node);
    return {
      ...carried,
      input: [...node.inputs],
      output: [...node.outputs],
      name: node.name,
      opType: unlessOmitted(carried, 'opType', node.opType, node.opType === ''),
      attribute: withRepeated(this.attributes(node.attributes, node.is('Constant')), carried, 'attribute'),
      docString: node.docString,
      domain: node.domain === '' ? carried.domain : node.domain,
      overload: node.overload,
      metadataProps: mapToEntries(node.metadata, carried.metadataProps),
    };
  }

  /** Only the tensor of a Constant may lie in a data file: onnxruntime reads no other attribute from there. */
  attributes(attributes: ReadonlyMap<string, Attribute>, ofConstant = false): AttributeProto[] {
    return [...attributes].map(([name, attribute]) => this.attribute(name, attribute, ofConstant));
  }

  attribute(name: string, attribute: Attribute, ofConstant: boolean): AttributeProto {
    const carried = carriedOf<AttributeProto>(attribute);
    const proto: AttributeProto = {
      ...carried,
      name: unlessOmitted(carried, 'name', name, name === ''),
      docString: attribute.docString,
    };
    if (attribute.kind === 'opaque') return proto;
    if (attribute.kind === 'reference') return { ...proto, refAttrName: attribute.value };
    const { code, field } = attributeKinds[attribute.kind];
    const value = unlessOmitted(carried, field, this.attributeValue(attribute, ofConstant), isDefault(attribute));
    return { ...proto, type: unlessOmitted(carried, 'type', code, true), [field]: value };
  }

  attributeValue(attribute: Attribute, ofConstant: boolean): unknown {
    switch (attribute.kind) {
      case 'tensor': {
        const { value } = attribute;
        return { ...(ofConstant ? this.placedTensor(value) : this.tensor(value)), name: attribute.name };
      }
      case 'tensors':
        return attribute.value.map((tensor) => this.tensor(tensor));
      case 'graph':
        return this.graph(attribute.value);
      case 'graphs':
        return attribute.value.map((graph) => this.graph(graph));
      case 'sparse':
        return this.sparseTensor(attribute.value);
      default:
        return attribute.kind === 'opaque' ? undefined : attribute.value;
    }
  }

  initializer(entry: Initializer): TensorProto {
    const carried = carriedOf<TensorProto>(entry);
    return {
      ...this.placedTensor(entry.tensor),
      ...carried,
      name: unlessOmitted(carried, 'name', entry.name, entry.name === ''),
      docString: entry.docString,
    };
  }

  sparseInitializer(entry: Initializer, sparse: SparseTensor): SparseTensorProto {
    const proto = this.sparseTensor(sparse);
    return { ...proto, values: { ...proto.values, name: entry.name } };
  }

  sparseTensor(sparse: SparseTensor): SparseTensorProto {
    return {
      ...carriedOf<SparseTensorProto>(sparse),
      values: this.tensor(sparse.values),
      indices: this.tensor(sparse.indices),
      dims: sparse.shape.map(BigInt),
    };
  }

  placedTensor(tensor: Tensor): TensorProto {
    if (typeof this.placement === 'string' || !this.placement.takes(tensor)) return this.tensor(tensor);
    const { rawData: _, ...proto } = rawProto(tensor);
    return { ...proto, externalData: this.placement.place(tensor), dataLocation: externalLocation };
  }

  tensor(tensor: Tensor): TensorProto {
    const { bytes, elementType, strings } = tensor;
    if (!(bytes instanceof StoredBytes) || bytes.elementType !== elementType) return rawProto(tensor);
    const { proto } = bytes;
    if (strings && strings !== proto.stringData && strings.length > 0) return rawProto(tensor);
    const external = proto.dataLocation === externalLocation;
    return external && this.placement !== 'refer' ? rawProto(tensor) : { ...proto, dims: tensor.shape.map(BigInt) };
  }
}

/** A tensor with its elements in `raw_data`. What else its file said of it is kept. */
function rawProto({ elementType, shape, bytes, strings }: Tensor): TensorProto {
  const { name, docString, metadataProps, [unknownFields]: unknown } = bytes instanceof StoredBytes ? bytes.proto : {};
  const elements = strings ? { stringData: [...strings] } : { rawData: { fresh: bytes } };
  return {
    dims: shape.map(BigInt),
    dataType: elementTypes[elementType].code,
    name,
    ...elements,
    docString,
    metadataProps,
    [unknownFields]: unknown,
  };
}

/** Whether the value is the one that an absent field means. */
function isDefault(attribute: Attribute): boolean {
  switch (attribute.kind) {
    case 'float':
      return Object.is(attribute.value, 0);
    case 'int':
      return attribute.value === 0n;
    case 'string':
    case 'floats':
    case 'ints':
    case 'strings':
    case 'tensors':
    case 'graphs':
      return attribute.value.length === 0;
    default:
      return false;
  }
}

function valueInfoProto(info: ValueInfo): ValueInfoProto {
  const carried = carriedOf<ValueInfoProto>(info);
  return {
    ...carried,
    name: unlessOmitted(carried, 'name', info.name, info.name === ''),
    type: typeProtoOf(info.type, carried.type),
    docString: info.docString,
  };
}

function opsetProtos(opsets: ReadonlyMap<string, number>, original: OpsetProto[] | undefined): OpsetProto[] {
  const version = (entry: OpsetProto) => Number(entry.version ?? 0n);
  if (original && sameMap(new Map(original.map((entry) => [standardDomain(entry.domain), version(entry)])), opsets)) {
    return original;
  }
  return [...opsets].map(([domain, number]) => {
    const before = original?.find((entry) => standardDomain(entry.domain) === domain);
    return { ...(before ?? { domain }), version: BigInt(number) };
  });
}
