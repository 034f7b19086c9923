import type { AccessPointPort } from '../access-point';
import type { FindingParts } from './access-point-finding';

/** Checks of `spec.ports`: names and numbers used once, and protocol, tls and redirect that fit together. */
export function portFindings(ports: readonly AccessPointPort[]): FindingParts[] {
  return [
    ...ports.flatMap((port, index) => [
      ...tlsFindings(port, `spec.ports[${index}]`),
      ...redirectFindings(port, ports, `spec.ports[${index}]`),
    ]),
    ...duplicates(ports, 'name'),
    ...duplicates(ports, 'number'),
  ];
}

function duplicates(ports: readonly AccessPointPort[], field: 'name' | 'number'): FindingParts[] {
  return ports.flatMap((port, index) => {
    const first = ports.findIndex((other) => other[field] === port[field]);
    if (first === index) return [];
    const message = `port ${field} ${port[field]} is already used by spec.ports[${first}]`;
    return [
      {
        code: 'FLO3007',
        path: `spec.ports[${index}].${field}`,
        message,
        hint: `give every port a ${field} of its own`,
      },
    ];
  });
}

function tlsFindings({ protocol, tls }: AccessPointPort, path: string): FindingParts[] {
  const at = { code: 'FLO3008', path: `${path}.tls` };
  if (tls === undefined) return missingTls(protocol, at);
  if (protocol === 'HTTP' || protocol === 'TCP') {
    const right = protocol === 'HTTP' ? 'HTTPS' : 'TLS';
    return [{ ...at, message: `protocol ${protocol} has no tls`, hint: `write protocol: ${right}, or leave tls out` }];
  }
  if (tls.mode === 'PASSTHROUGH') return passthroughFindings(tls, at);
  if (tls.secretName !== undefined && tls.issuer !== undefined) {
    return [
      {
        ...at,
        message: 'secretName and issuer exclude one another',
        hint: 'keep the one that provides the certificate',
      },
    ];
  }
  if (tls.secretName === undefined && tls.issuer === undefined) {
    return [{ ...at, message: `tls mode ${tls.mode} needs a certificate`, hint: 'give secretName, or issuer: Mesh' }];
  }
  return [];
}

function missingTls(protocol: AccessPointPort['protocol'], at: Pick<FindingParts, 'code' | 'path'>): FindingParts[] {
  if (protocol !== 'HTTPS' && protocol !== 'TLS') return [];
  const hint = 'give tls.mode, and secretName or issuer: Mesh unless the mode is PASSTHROUGH';
  return [{ ...at, message: `protocol ${protocol} needs tls`, hint }];
}

function passthroughFindings(
  tls: NonNullable<AccessPointPort['tls']>,
  at: Pick<FindingParts, 'code' | 'path'>,
): FindingParts[] {
  if (tls.secretName === undefined && tls.issuer === undefined) return [];
  const message = 'PASSTHROUGH leaves TLS to the application, so the gateway has no use for a certificate';
  return [{ ...at, message, hint: 'leave out secretName and issuer, or use mode SIMPLE' }];
}

function redirectFindings(port: AccessPointPort, ports: readonly AccessPointPort[], path: string): FindingParts[] {
  if (port.httpsRedirect !== true) return [];
  const at = { code: 'FLO3014', path: `${path}.httpsRedirect` };
  if (port.protocol !== 'HTTP')
    return [{ ...at, message: 'only an HTTP port can redirect to HTTPS', hint: 'leave it out here' }];
  if (ports.some((other) => other.protocol === 'HTTPS')) return [];
  return [{ ...at, message: 'redirects to HTTPS, but no port speaks it', hint: 'add a port with protocol HTTPS' }];
}
