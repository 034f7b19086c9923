import type { StructuralSchema } from '../../schema';

/** A list as apply sees it: one value (`atomic`), or items with an identity of their own. */
export interface ListShape {
  readonly type: 'atomic' | 'set' | 'map';
  readonly keys: readonly string[];
  readonly element: () => Shape;
}

/** A map or struct: named fields, a shape for other keys (absent: other keys are not allowed), or one atomic value. */
export interface MapShape {
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, () => Shape>;
  readonly element: (() => Shape) | undefined;
  /** Defaults of scalar fields; they complete the keys of list items. */
  readonly defaults: ReadonlyMap<string, unknown>;
}

/** What a value may be. Where the schema leaves the type open, several are set and the value decides. */
export interface Shape {
  readonly scalar?: 'string' | 'numeric' | 'boolean' | 'any';
  readonly list?: ListShape;
  readonly map?: MapShape;
}

/** An untyped value: scalars, atomic lists, maps whose keys are owned one by one. */
export const anyShape: Shape = {
  scalar: 'any',
  list: { type: 'atomic', keys: [], element: () => anyShape },
  map: { atomic: false, fields: new Map(), element: () => anyShape, defaults: new Map() },
};

const metadataSchema: StructuralSchema = {
  type: 'object',
  properties: {
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
    creationTimestamp: { type: 'string' },
    deletionGracePeriodSeconds: { type: 'integer' },
    deletionTimestamp: { type: 'string' },
    finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    generateName: { type: 'string' },
    generation: { type: 'integer' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    managedFields: { type: 'array', items: { 'x-kubernetes-preserve-unknown-fields': true } },
    name: { type: 'string' },
    namespace: { type: 'string' },
    ownerReferences: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['uid'],
      items: {
        type: 'object',
        'x-kubernetes-map-type': 'atomic',
        properties: {
          apiVersion: { type: 'string' },
          blockOwnerDeletion: { type: 'boolean' },
          controller: { type: 'boolean' },
          kind: { type: 'string' },
          name: { type: 'string' },
          uid: { type: 'string' },
        },
      },
    },
    resourceVersion: { type: 'string' },
    selfLink: { type: 'string' },
    uid: { type: 'string' },
  },
};

const known = new WeakMap<StructuralSchema, Shape>();
const knownRoots = new WeakMap<StructuralSchema, Shape>();

/** The shape of a whole object: its schema with `apiVersion`, `kind` and ObjectMeta as every kind has them. */
export function objectShape(schema: StructuralSchema): Shape {
  const cached = knownRoots.get(schema);
  if (cached !== undefined) return cached;
  const shape = shapeOf(withTypeMeta(schema));
  knownRoots.set(schema, shape);
  return shape;
}

function withTypeMeta(schema: StructuralSchema): StructuralSchema {
  const header = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: metadataSchema } as const;
  return { ...schema, type: 'object', properties: { ...schema.properties, ...header } };
}

/** The shape that a schema node gives its value. */
export function shapeOf(schema: StructuralSchema): Shape {
  const cached = known.get(schema);
  if (cached !== undefined) return cached;
  const shape = buildShape(schema);
  known.set(schema, shape);
  return shape;
}

function buildShape(schema: StructuralSchema): Shape {
  if (schema['x-kubernetes-int-or-string'] === true) return { scalar: 'any' };
  switch (schema.type) {
    case 'object':
      return { map: mapShape(schema['x-kubernetes-embedded-resource'] === true ? withTypeMeta(schema) : schema) };
    case 'array':
      return { list: listShape(schema) };
    case 'string':
      return { scalar: 'string' };
    case 'integer':
    case 'number':
      return { scalar: 'numeric' };
    case 'boolean':
      return { scalar: 'boolean' };
    default:
      return anyShape;
  }
}

function listShape(schema: StructuralSchema): ListShape {
  const { items } = schema;
  return {
    type: schema['x-kubernetes-list-type'] ?? 'atomic',
    keys: schema['x-kubernetes-list-map-keys'] ?? [],
    element: items === undefined ? () => anyShape : () => shapeOf(items),
  };
}

function mapShape(schema: StructuralSchema): MapShape {
  const properties = Object.entries(schema.properties ?? {});
  const defaults = properties.filter(([, child]) => child.default !== undefined);
  return {
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    fields: new Map(properties.map(([name, child]) => [name, () => shapeOf(child)])),
    element: elementOf(schema),
    defaults: new Map(defaults.map(([name, child]) => [name, child.default])),
  };
}

function elementOf(schema: StructuralSchema): (() => Shape) | undefined {
  const { additionalProperties, properties } = schema;
  if (typeof additionalProperties === 'object') return () => shapeOf(additionalProperties);
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
  return open || properties === undefined ? () => anyShape : undefined;
}

/** Narrows an open shape to what the value is. `undefined` (absent) and null leave it open. */
export function narrow(shape: Shape, value: unknown): Shape {
  if (value === undefined || value === null) return shape;
  if (Array.isArray(value)) return shape.list === undefined ? shape : { list: shape.list };
  if (typeof value === 'object') return shape.map === undefined ? shape : { map: shape.map };
  return shape.scalar === undefined ? shape : { scalar: shape.scalar };
}

/** Which of the three handlers a (narrowed) shape asks for. */
export function handlerOf({
  map,
  scalar,
  list,
}: Shape): { readonly map: MapShape } | { readonly list: ListShape } | 'scalar' {
  if (map !== undefined) return { map };
  if (scalar !== undefined || list === undefined) return 'scalar';
  return { list };
}

/** The shape of a map's key. */
export function fieldShape(map: MapShape, name: string): Shape {
  return (map.fields.get(name) ?? map.element ?? (() => anyShape))();
}
