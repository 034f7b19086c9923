/** A text of YAML with several objects, each given by kind, name and spec, for examples of traps. */
export function objects(...parts: readonly (readonly [kind: string, name: string, rest: string])[]): string {
  return parts
    .map(
      ([kind, name, rest]) =>
        `apiVersion: ${apiVersionOf(kind)}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\n${rest.trim()}`,
    )
    .join('\n---\n');
}

/** A document that says what is known beside the objects; `lint` gets it as its context. */
export function known(context: string): string {
  return `context:\n  ${context}\n---\n`;
}

function apiVersionOf(kind: string): string {
  if (kind === 'Service') return 'v1';
  return ['PeerAuthentication', 'AuthorizationPolicy'].includes(kind)
    ? 'security.istio.io/v1'
    : 'networking.istio.io/v1';
}
