const API_VERSIONS: Readonly<Record<string, string>> = {
  PeerAuthentication: 'security.istio.io/v1',
  RequestAuthentication: 'security.istio.io/v1',
  AuthorizationPolicy: 'security.istio.io/v1',
  Telemetry: 'telemetry.istio.io/v1',
};

/** A whole object for an example, from its kind and the YAML of its spec. */
export function example(kind: string, spec: string): string {
  const apiVersion = API_VERSIONS[kind] ?? 'networking.istio.io/v1';
  const lines = spec.trim().split('\n');
  return [`apiVersion: ${apiVersion}`, `kind: ${kind}`, 'metadata: {name: example, namespace: shop}', 'spec:']
    .concat(lines.map((line) => `  ${line}`))
    .join('\n');
}

/** What happens when an API server refuses an object. */
export const REFUSED =
  'Nothing changes: an API server with this check refuses the object, and what was there before stays in force.';

/** An HTTP route to a destination, for examples that are about something else. */
export const ROUTE = 'route: [{destination: {host: checkout.shop.svc.cluster.local}}]';
