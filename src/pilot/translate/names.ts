/** `outbound|80|v1|host`: the name of a cluster as istiod writes it, and the EDS service name. */
export function outboundClusterName(hostname: string, port: number, subset = ''): string {
  return `outbound|${port}|${subset}|${hostname}`;
}

/** `outbound_.80_.v1_.host`: the server name that mesh TLS asks for, and the name of SNI-routed clusters. */
export function sniName(hostname: string, port: number, subset = ''): string {
  return `outbound_.${port}_.${subset}_.${hostname}`;
}

/** `inbound|8080||`: the cluster of a workload's own port. */
export function inboundClusterName(port: number): string {
  return `inbound|${port}||`;
}

/** What an outbound cluster's name says. */
export interface OutboundClusterKey {
  readonly hostname: string;
  readonly port: number;
  readonly subset: string;
  /** An SNI-routed name (`outbound_.…`), whose requests keep the TLS that they came with. */
  readonly sniRouted: boolean;
}

/** Reads the name of an outbound cluster of either form; `undefined` for any other name. */
export function parseOutboundClusterName(name: string): OutboundClusterKey | undefined {
  const plain = /^outbound\|(\d+)\|([^|]*)\|(.+)$/.exec(name);
  if (plain) return { port: Number(plain[1]), subset: plain[2] ?? '', hostname: plain[3] ?? '', sniRouted: false };
  const sni = /^outbound_\.(\d+)_\.(.*?)_\.(.+)$/.exec(name);
  if (!sni) return undefined;
  return { port: Number(sni[1]), subset: sni[2] ?? '', hostname: sni[3] ?? '', sniRouted: true };
}

/** Clusters that every Envoy has: where nothing may go, and where connections go as they were meant to. */
export const BLACK_HOLE_CLUSTER = 'BlackHoleCluster';
export const PASSTHROUGH_CLUSTER = 'PassthroughCluster';
export const INBOUND_PASSTHROUGH_CLUSTER = 'InboundPassthroughCluster';
