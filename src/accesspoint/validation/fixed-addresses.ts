import type { AccessPointSpec } from '../access-point';

/** An address that an access point asks for by itself, beside those of pools. */
export interface FixedAddress {
  readonly address: string;
  /** Load balancer addresses are one for the whole fleet; those of ServiceEntries are virtual, and mean something within one mesh only. */
  readonly scope: 'Fleet' | 'Mesh';
  readonly path: string;
}

/** Addresses that templates and overrides write out: of Services (`loadBalancerIP`, `externalIPs`) and of ServiceEntries (`addresses`). */
export function fixedAddresses({ traffic, overrides }: AccessPointSpec): FixedAddress[] {
  const services = (traffic?.services ?? []).flatMap(({ spec }, index) =>
    addressesOfService(spec, `spec.traffic.services[${index}].spec`),
  );
  const entries = (traffic?.serviceEntries ?? []).flatMap(({ spec }, index) =>
    textsIn(fieldOf(spec, 'addresses'), `spec.traffic.serviceEntries[${index}].spec.addresses`, 'Mesh'),
  );
  const overridden = (overrides ?? []).flatMap(({ object, mergePatch, jsonPatch }, index) => {
    if (object.kind !== 'Service') return [];
    const path = `spec.overrides[${index}]`;
    const merged = addressesOfService(mergePatch?.spec, `${path}.mergePatch.spec`);
    const patched = (jsonPatch ?? []).flatMap((operation, place) =>
      operation.path === '/spec/loadBalancerIP'
        ? textsIn([operation.value], `${path}.jsonPatch[${place}].value`, 'Fleet')
        : [],
    );
    return [...merged, ...patched];
  });
  return [...services, ...entries, ...overridden];
}

function addressesOfService(spec: unknown, path: string): FixedAddress[] {
  return [
    ...textsIn([fieldOf(spec, 'loadBalancerIP')], `${path}.loadBalancerIP`, 'Fleet'),
    ...textsIn(fieldOf(spec, 'externalIPs'), `${path}.externalIPs`, 'Fleet'),
  ];
}

function textsIn(list: unknown, path: string, scope: FixedAddress['scope']): FixedAddress[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((address: unknown) =>
    typeof address === 'string' && address !== '' ? [{ address, scope, path }] : [],
  );
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}
