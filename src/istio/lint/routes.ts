import type { Field } from '../findings';
import { fullHost, type LintObject, type LintWorld, selects } from './lint-world';
import type { GatewayWorkload } from './lint-context';

/** One destination of a VirtualService. */
export interface RouteDestination {
  readonly object: LintObject;
  readonly host: string;
  readonly field: Field;
}

/** Every destination of a VirtualService, mirrors included. */
export function destinationsOf(object: LintObject): RouteDestination[] {
  const routes = ['http', 'tls', 'tcp'].flatMap((kind) => object.spec.at(kind).items);
  return routes.flatMap((route) => {
    const fields = [
      ...route.at('route').items.map((item) => item.at('destination')),
      ...route.at('mirrors').items.map((item) => item.at('destination')),
      ...(route.at('mirror').given ? [route.at('mirror')] : []),
    ];
    return fields.flatMap((field) => {
      const host = field.at('host').text;
      return host === undefined ? [] : [{ object, field, host: fullHost(host, object.namespace) }];
    });
  });
}

/** Names of a VirtualService's gateways as `namespace/name`, and `mesh`. */
export function gatewayNamesOf({ spec, namespace }: LintObject): { readonly name: string; readonly field: Field }[] {
  const names = spec.at('gateways').texts;
  if (names.length === 0) return [{ name: 'mesh', field: spec }];
  return names.map(({ text, field }) => ({
    name: text === 'mesh' || text.includes('/') ? text : `${namespace}/${text}`,
    field,
  }));
}

/** The Gateway of that name. */
export function gatewayNamed(world: LintWorld, name: string): LintObject | undefined {
  return world.by('Gateway', 'name', (gateway) => [`${gateway.namespace}/${gateway.name}`]).get(name)?.[0];
}

/** The workloads that a Gateway opens its ports on. */
export function workloadsOf(gateway: LintObject, world: LintWorld): readonly GatewayWorkload[] {
  const selector = gateway.spec.at('selector').labels;
  return (world.context.gateways ?? []).filter(({ labels }) => selects(selector, labels));
}

/** Hosts of a Gateway's servers, without their namespaces. */
export function serverHosts(server: Field): string[] {
  return server.at('hosts').texts.map(({ text }) => text.slice(text.indexOf('/') + 1));
}
