import type { XdsResource } from './xds-resource';

/** Names of the route configurations that listeners ask for, in their order. */
export function referencedRoutes(listeners: readonly XdsResource[]): readonly string[] {
  return collect(listeners, (node) => (typeof node.routeConfigName === 'string' ? node.routeConfigName : undefined));
}

/** Names of the secrets that are asked for over the same stream (`kubernetes://…`), in the order of the resources. */
export function referencedSecrets(resources: readonly XdsResource[]): readonly string[] {
  return collect(resources, ({ name, sdsConfig }) =>
    typeof name === 'string' && isRecord(sdsConfig) && sdsConfig.ads !== undefined ? name : undefined,
  );
}

function collect(
  resources: readonly XdsResource[],
  pick: (node: Readonly<Record<string, unknown>>) => string | undefined,
): readonly string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isRecord(value)) {
      const name = pick(value);
      if (name !== undefined) names.add(name);
      for (const key in value) visit(value[key]);
    }
  };
  for (const { body } of resources) visit(body);
  return [...names];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
