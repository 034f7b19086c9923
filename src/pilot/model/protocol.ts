/** How a port's traffic is read; `Unsupported` means it is not named and has to be found out by looking. */
export type Protocol =
  | 'HTTP'
  | 'HTTP2'
  | 'GRPC'
  | 'GRPC-Web'
  | 'HTTP_PROXY'
  | 'HTTPS'
  | 'TLS'
  | 'TCP'
  | 'UDP'
  | 'Mongo'
  | 'Redis'
  | 'MySQL'
  | 'HBONE'
  | 'Unsupported';

const NAMES: Readonly<Record<string, Protocol>> = {
  http: 'HTTP',
  http2: 'HTTP2',
  grpc: 'GRPC',
  'grpc-web': 'GRPC-Web',
  http_proxy: 'HTTP_PROXY',
  https: 'HTTPS',
  tls: 'TLS',
  tcp: 'TCP',
  udp: 'UDP',
  mongo: 'Mongo',
  redis: 'Redis',
  mysql: 'MySQL',
  hbone: 'HBONE',
};

/** appProtocol values of Kubernetes (KEP-3726), beside Istio's own names. */
const APP_PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'kubernetes.io/h2c': 'HTTP2',
  'kubernetes.io/ws': 'HTTP',
  'kubernetes.io/wss': 'HTTPS',
};

/** Ports that are TCP whatever they are called, because their servers speak first (SMTP, DNS, MySQL, MongoDB). */
const WELL_KNOWN_TCP_PORTS: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/** Reads a protocol name of Istio's (`HTTP`, `grpc`, …); `Unsupported` when it is none. */
export function parseProtocol(name: string): Protocol {
  return NAMES[name.toLowerCase()] ?? 'Unsupported';
}

/** The protocol of a Service's port: appProtocol first, then the prefix of the port's name (`http-admin`). */
export function protocolOfServicePort(port: {
  readonly port: number;
  readonly name?: string | undefined;
  readonly protocol?: string | undefined;
  readonly appProtocol?: string | undefined;
}): Protocol {
  if (port.protocol === 'UDP') return 'UDP';
  if (port.appProtocol) {
    const declared = APP_PROTOCOLS[port.appProtocol] ?? parseProtocol(port.appProtocol);
    if (declared !== 'Unsupported') return declared;
  }
  const byName = protocolOfPortName(port.name ?? '');
  if (byName !== 'Unsupported') return byName;
  return WELL_KNOWN_TCP_PORTS.has(port.port) ? 'TCP' : 'Unsupported';
}

function protocolOfPortName(name: string): Protocol {
  const lower = name.toLowerCase();
  if (lower === 'grpc-web' || lower.startsWith('grpc-web-')) return 'GRPC-Web';
  const dash = lower.indexOf('-');
  return parseProtocol(dash < 0 ? lower : lower.slice(0, dash));
}

/** Read as HTTP in plain text. */
export function isHttp(protocol: Protocol): boolean {
  return ['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web', 'HTTP_PROXY'].includes(protocol);
}

/** Carried over HTTP/2. */
export function isHttp2(protocol: Protocol): boolean {
  return protocol === 'HTTP2' || protocol === 'GRPC' || protocol === 'GRPC-Web';
}

/** TLS from the first byte, whatever is inside. */
export function isTls(protocol: Protocol): boolean {
  return protocol === 'HTTPS' || protocol === 'TLS';
}
