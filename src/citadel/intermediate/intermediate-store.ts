import { labels, SYSTEM_NAMESPACE } from '../../federation/api';
import { KubeApiError, type KubeClient } from '../../kube';
import { coreKinds, type KubeObject } from '../../kube/schema';
import type { IntermediateRecord } from './decide-intermediate';

const KEY = 'tls.key';
const CHAIN = 'tls.crt';
const REQUEST = 'tls.csr';
const TRUST = 'ca.crt';

interface OpaqueSecret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** Keeps the zone's intermediate of one mesh in Secret `flotilla-system/citadel-<mesh>` of the gateway cluster. */
export class IntermediateStore {
  readonly name: string;

  constructor(
    private readonly client: Pick<KubeClient, 'get' | 'create' | 'patch'>,
    mesh: string,
  ) {
    this.name = `citadel-${mesh}`;
  }

  /** What is kept; undefined when there is nothing yet, or no key in it. */
  async read(): Promise<IntermediateRecord | undefined> {
    const secret = await this.client.get<OpaqueSecret>(coreKinds.secret, this.name, SYSTEM_NAMESPACE);
    const read = (field: string): string | undefined => decode(secret?.data?.[field]);
    const [keyPem, requestPem, chainPem, trustPem] = [read(KEY), read(REQUEST), read(CHAIN), read(TRUST)];
    if (keyPem === undefined || requestPem === undefined) return undefined;
    return {
      ...{ keyPem, requestPem },
      ...(chainPem === undefined ? {} : { chainPem }),
      ...(trustPem === undefined ? {} : { trustPem }),
    };
  }

  /** Keeps a new key. Of two processes that try, one wins, and both go on with what it kept. */
  async create({ keyPem, requestPem }: IntermediateRecord): Promise<void> {
    const secret: OpaqueSecret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: this.name, namespace: SYSTEM_NAMESPACE, labels: { [labels.managedBy]: 'flotilla' } },
      type: 'Opaque',
      data: { [KEY]: encode(keyPem), [REQUEST]: encode(requestPem) },
    };
    try {
      await this.client.create(coreKinds.secret, secret, { fieldManager: 'flotilla-citadel' });
    } catch (cause) {
      if (!(cause instanceof KubeApiError && cause.isConflict)) throw cause;
    }
  }

  /** Keeps what the hub gave beside the key. */
  async store({ chainPem, trustPem }: Pick<IntermediateRecord, 'chainPem' | 'trustPem'>): Promise<void> {
    const data = {
      ...(chainPem === undefined ? {} : { [CHAIN]: encode(chainPem) }),
      ...(trustPem === undefined ? {} : { [TRUST]: encode(trustPem) }),
    };
    const options = { type: 'merge', fieldManager: 'flotilla-citadel' } as const;
    await this.client.patch(coreKinds.secret, this.name, SYSTEM_NAMESPACE, { data }, options);
  }
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function decode(encoded: string | undefined): string | undefined {
  return encoded === undefined || encoded === '' ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}
