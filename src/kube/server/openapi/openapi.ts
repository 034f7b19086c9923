import { createHash } from 'node:crypto';
import { apiVersionOf, type StructuralSchema } from '../../schema';
import type { ResourceRegistry } from '../resources/resource-registry';
import type { ServedKind } from '../resources/served-kind';

/** The version of Kubernetes whose API the server speaks. */
export const KUBERNETES_VERSION = 'v1.35.0';

type Json = Record<string, unknown>;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** The path of a group version below `/openapi/v3/`: `api/v1`, `apis/apps/v1`. */
export function openApiPathOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
}

/** The index at `/openapi/v3`: where each group version's document is, with a hash so that clients may keep it. */
export function openApiIndex(kinds: readonly ServedKind[]): unknown {
  const versions = [...new Set(kinds.map(apiVersionOf))].sort();
  const entries = versions.map((apiVersion) => {
    const path = openApiPathOf(apiVersion);
    const hash = createHash('sha256')
      .update(JSON.stringify(openApiDocument(kinds, apiVersion)))
      .digest('hex')
      .toUpperCase();
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
  });
  return { paths: Object.fromEntries(entries) };
}

/** The OpenAPI 3.0 document of one group version; undefined when nothing serves it. */
export function openApiDocument(kinds: readonly ServedKind[], apiVersion: string): unknown {
  const served = kinds.filter((kind) => apiVersionOf(kind) === apiVersion);
  if (served.length === 0) return undefined;
  const paths: Json = {};
  const schemas: Json = { [`${META}.ObjectMeta`]: objectMetaSchema };
  for (const kind of served) {
    Object.assign(paths, pathsOf(kind));
    Object.assign(schemas, schemasOf(kind, '#/components/schemas/'));
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: KUBERNETES_VERSION },
    paths,
    components: { schemas },
  };
}

/** The OpenAPI 2.0 document of everything, for clients that know no newer one. */
export function swaggerDocument(kinds: readonly ServedKind[]): unknown {
  const definitions: Json = { [`${META}.ObjectMeta`]: objectMetaSchema };
  const paths: Json = {};
  for (const kind of kinds) {
    Object.assign(definitions, schemasOf(kind, '#/definitions/'));
    Object.assign(paths, swaggerPathsOf(kind));
  }
  return { swagger: '2.0', info: { title: 'Kubernetes', version: KUBERNETES_VERSION }, paths, definitions };
}

/** A kind's definition name: the group's domain turned round, the version, the kind. */
function definitionNameOf({ group, version, kind, custom }: ServedKind): string {
  if (custom) return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
  return `io.k8s.api.${group === '' ? 'core' : (group.split('.')[0] ?? group)}.${version}.${kind}`;
}

function groupVersionKindOf({ group, version, kind }: ServedKind): Json {
  return { group, version, kind };
}

function schemasOf(kind: ServedKind, prefix: string): Json {
  const name = definitionNameOf(kind);
  const extension = { 'x-kubernetes-group-version-kind': [groupVersionKindOf(kind)] };
  const { properties, ...rest } = kind.structural;
  const metadata = { description: 'Standard object metadata.', allOf: [{ $ref: `${prefix}${META}.ObjectMeta` }] };
  const object = {
    ...rest,
    type: 'object',
    properties: { ...properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata },
    ...extension,
  };
  const list = {
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      items: { type: 'array', items: { $ref: `${prefix}${name}` } },
    },
    'x-kubernetes-group-version-kind': [{ ...groupVersionKindOf(kind), kind: kind.listKind }],
  };
  return { [name]: object, [`${name}List`]: list };
}

function rootOf({ group, version }: ServedKind): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

function itemPathOf(kind: ServedKind): { readonly collection: string; readonly item: string } {
  const collection = `${rootOf(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`;
  return { collection, item: `${collection}/{name}` };
}

const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'];

type MakeParameter = (name: string) => Json;
const parameterV3: MakeParameter = (name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
const parameterV2: MakeParameter = (name) => ({ name, in: 'query', type: 'string', uniqueItems: true });

function operation(kind: ServedKind, action: string, parameters: readonly string[], make: MakeParameter): Json {
  return {
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKindOf(kind),
    parameters: parameters.map(make),
    responses: { '200': { description: 'OK' } },
  };
}

/** Clients look here for what writes support: dry run and field validation. */
function pathsOf(kind: ServedKind): Json {
  return operationsOf(kind, parameterV3);
}

function swaggerPathsOf(kind: ServedKind): Json {
  return operationsOf(kind, parameterV2);
}

function operationsOf(kind: ServedKind, make: MakeParameter): Json {
  const { collection, item } = itemPathOf(kind);
  return {
    [collection]: {
      get: operation(kind, 'list', ['limit', 'continue', 'labelSelector', 'fieldSelector', 'watch'], make),
      post: operation(kind, 'post', WRITE_PARAMETERS, make),
      delete: operation(kind, 'deletecollection', ['dryRun'], make),
    },
    [item]: {
      get: operation(kind, 'get', [], make),
      put: operation(kind, 'put', WRITE_PARAMETERS, make),
      patch: operation(kind, 'patch', [...WRITE_PARAMETERS, 'force'], make),
      delete: operation(kind, 'delete', ['dryRun', 'gracePeriodSeconds', 'propagationPolicy'], make),
    },
  };
}

const text: StructuralSchema = { type: 'string' };
const texts: StructuralSchema = { type: 'object', additionalProperties: text };

const objectMetaSchema: StructuralSchema = {
  type: 'object',
  description: 'ObjectMeta is the metadata that every object has.',
  properties: {
    name: { ...text, description: 'Unique within a namespace for its kind; cannot be changed.' },
    generateName: { ...text, description: 'Prefix of a name that the server completes when no name is given.' },
    namespace: { ...text, description: 'The space within which the name is unique.' },
    uid: { ...text, description: 'Unique in time and space; set by the server.' },
    resourceVersion: { ...text, description: 'Changes with every write; to be sent back unchanged.' },
    generation: { type: 'integer', format: 'int64', description: 'Counts changes of the desired state.' },
    creationTimestamp: { ...text, format: 'date-time', description: 'When the object was made.' },
    deletionTimestamp: { ...text, format: 'date-time', description: 'When deletion was asked for.' },
    deletionGracePeriodSeconds: { type: 'integer', format: 'int64' },
    labels: { ...texts, description: 'Keys and values that selectors match.' },
    annotations: { ...texts, description: 'Keys and values that are not selected by.' },
    finalizers: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
    ownerReferences: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['uid'],
      items: {
        type: 'object',
        required: ['apiVersion', 'kind', 'name', 'uid'],
        properties: {
          apiVersion: text,
          kind: text,
          name: text,
          uid: text,
          controller: { type: 'boolean' },
          blockOwnerDeletion: { type: 'boolean' },
        },
      },
    },
    managedFields: { type: 'array', items: { type: 'object' }, description: 'Who set which field.' },
  },
};

/** Answers that are made once and kept until the served kinds change: making them walks every schema. */
export class OpenApiDocuments {
  private generation = -1;
  private readonly made = new Map<string, Buffer | undefined>();

  constructor(private readonly resources: ResourceRegistry) {}

  /** JSON of `/openapi/v3`. */
  index(): Buffer | undefined {
    return this.get('index', () => openApiIndex(this.resources.all()));
  }

  /** JSON of one group version's document; undefined when nothing serves it. */
  document(apiVersion: string): Buffer | undefined {
    return this.get(`document ${apiVersion}`, () => openApiDocument(this.resources.all(), apiVersion));
  }

  /** JSON of `/openapi/v2`. */
  swagger(): Buffer | undefined {
    return this.get('swagger', () => swaggerDocument(this.resources.all()));
  }

  private get(key: string, make: () => unknown): Buffer | undefined {
    if (this.generation !== this.resources.generation) this.made.clear();
    this.generation = this.resources.generation;
    if (this.made.has(key)) return this.made.get(key);
    const value = make();
    const bytes = value === undefined ? undefined : Buffer.from(JSON.stringify(value));
    this.made.set(key, bytes);
    return bytes;
  }
}
