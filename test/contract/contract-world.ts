import type { KubeObject, StructuralSchema } from '../../src/kube/schema';
import { type ContractServer, type Received, WireClient } from './wire-client';

const GROUP = 'contract.example.com';

const specSchema: StructuralSchema = {
  type: 'object',
  properties: {
    size: { type: 'string', enum: ['small', 'large'], default: 'small' },
    replicas: { type: 'integer', minimum: 0, maximum: 10, default: 1 },
    text: { type: 'string', maxLength: 20, pattern: '^[a-z]*$' },
    owner: {
      type: 'string',
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'owner is immutable' }],
    },
    ports: {
      type: 'array',
      maxItems: 5,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          number: { type: 'integer' },
          protocol: { type: 'string', default: 'TCP' },
        },
      },
    },
    tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    list: { type: 'array', items: { type: 'string' } },
    limits: {
      type: 'object',
      properties: { low: { type: 'integer' }, high: { type: 'integer' } },
      'x-kubernetes-validations': [
        { rule: '!has(self.low) || !has(self.high) || self.low <= self.high', message: 'low must not be above high' },
      ],
    },
    anything: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    amount: { 'x-kubernetes-int-or-string': true },
  },
};

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: specSchema,
    status: {
      type: 'object',
      properties: { replicas: { type: 'integer' }, note: { type: 'string' }, selector: { type: 'string' } },
    },
  },
};

/** A kind with everything that the suite is about: defaults, rules, list types, status, scale, columns, two versions. */
export const widgetDefinition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'], categories: ['things'] },
    versions: ['v1', 'v1beta1'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: { openAPIV3Schema: schema },
      subresources: {
        status: {},
        scale: {
          specReplicasPath: '.spec.replicas',
          statusReplicasPath: '.status.replicas',
          labelSelectorPath: '.status.selector',
        },
      },
      additionalPrinterColumns: [
        { name: 'Size', type: 'string', jsonPath: '.spec.size' },
        { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas', priority: 1 },
      ],
      selectableFields: [{ jsonPath: '.spec.size' }],
    })),
  },
};

/** Everything a test needs: a client, a namespace of its own suite, and short ways to make objects. */
export class ContractWorld {
  readonly client: WireClient;

  constructor(
    server: ContractServer,
    readonly namespace: string,
  ) {
    this.client = new WireClient(server);
  }

  /** Installs the kind and makes the namespace. */
  async prepare(): Promise<void> {
    await this.client.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgetDefinition);
    await this.eventually(async () => (await this.client.get(`/apis/${GROUP}/v1/widgets`)).status === 200);
    await this.makeNamespace(this.namespace);
  }

  /** Makes a namespace, with the service account that its tokens and pods need. */
  async makeNamespace(name: string): Promise<void> {
    await this.client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }

  /** `/apis/…/widgets[/name]` in the suite's namespace. */
  widgets(name?: string, version = 'v1'): string {
    const collection = `/apis/${GROUP}/${version}/namespaces/${this.namespace}/widgets`;
    return name === undefined ? collection : `${collection}/${name}`;
  }

  /** A path of the core group in the suite's namespace. */
  core(plural: string, name?: string): string {
    const collection = `/api/v1/namespaces/${this.namespace}/${plural}`;
    return name === undefined ? collection : `${collection}/${name}`;
  }

  widget(name: string, spec: Readonly<Record<string, unknown>> = {}, metadata: object = {}): KubeObject {
    return {
      apiVersion: `${GROUP}/v1`,
      kind: 'Widget',
      metadata: { name, namespace: this.namespace, ...metadata },
      spec,
    };
  }

  config(name: string, data: Readonly<Record<string, string>> = {}, metadata: object = {}): KubeObject {
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: this.namespace, ...metadata }, data };
  }

  /** Makes a widget and returns it as stored. */
  async stored(
    name: string,
    spec: Readonly<Record<string, unknown>> = {},
    metadata: object = {},
  ): Promise<Received['json']> {
    const { status, json, text } = await this.client.post(this.widgets(), this.widget(name, spec, metadata));
    if (status !== 201) throw new Error(`cannot create ${name}: ${text}`);
    return json;
  }

  /** Waits until the world is as it should be. */
  async eventually(holds: () => Promise<boolean>, timeoutMs = 15_000): Promise<void> {
    const endMs = Date.now() + timeoutMs;
    while (!(await holds())) {
      if (Date.now() > endMs) throw new Error('did not happen in time');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits until a path answers 404. */
  gone(path: string): Promise<void> {
    return this.eventually(async () => (await this.client.get(path)).status === 404);
  }
}
