import type { Locality, ObjectReference } from '../../kernel';
import type { AnyJson } from '../proto';
import type { DiscoveryTypeName } from './discovery-type';

/** As istioctl proxy-status has them: accepted, sent but not answered, nothing sent, refused. */
export type SyncState = 'SYNCED' | 'STALE' | 'NOT_SENT' | 'ERROR';

/** What a proxy refused, or what could not be made or sent for it. */
export interface DiscoveryFault {
  readonly message: string;
  /** Resources concerned, as far as known. */
  readonly names: readonly string[];
  /** The objects that those resources were made from, as far as known. */
  readonly owners: readonly ObjectReference[];
  readonly atMs: number;
}

/** How far one proxy is with one type. Versions are hashes over everything of the type in the proxy's view. */
export interface TypeStatus {
  readonly state: SyncState;
  readonly subscribed: 'all' | number;
  readonly sentVersion?: string;
  readonly ackedVersion?: string;
  readonly error?: DiscoveryFault;
}

/** One connected proxy. */
export interface ProxyStatus {
  /** The node id as the proxy gave it. */
  readonly id: string;
  readonly name: string;
  readonly type: 'router' | 'sidecar';
  readonly proxyless: boolean;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly locality: Locality;
  readonly clusterId: string;
  readonly address: string;
  readonly connectedAtMs: number;
  readonly protocol: 'sotw' | 'delta';
  /** Only the types that the proxy has asked for. */
  readonly types: Readonly<Partial<Record<DiscoveryTypeName, TypeStatus>>>;
}

/** One resource at one proxy: what it should have, and what it accepted. */
export interface ResourceStatus {
  readonly name: string;
  readonly wantedVersion: string | undefined;
  readonly ackedVersion: string | undefined;
}

/** Everything that one proxy should have, as proto3 JSON; of secrets only names and versions. */
export interface ProxyDump {
  readonly id: string;
  readonly resources: Readonly<
    Partial<
      Record<DiscoveryTypeName, readonly { readonly name: string; readonly version: string; readonly body?: AnyJson }[]>
    >
  >;
}
