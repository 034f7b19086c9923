import type { ProxyStatus as PilotProxyStatus } from '../../pilot';
import type { ProxyStatus, ResourceType, TypeStatus } from '../facts/route-configured';

const TYPES: readonly ResourceType[] = ['cds', 'eds', 'lds', 'rds', 'sds'];

/** A proxy of the pilot in the words of the zone agent. */
export function toProxyStatus({ id, type, namespace, labels, types }: PilotProxyStatus): ProxyStatus {
  const entries = TYPES.flatMap((name): [ResourceType, TypeStatus][] => {
    const status = types[name];
    if (status === undefined) return [];
    const { sentVersion, ackedVersion, error } = status;
    return [
      [
        name,
        {
          ...(sentVersion === undefined ? {} : { sentVersion }),
          ...(ackedVersion === undefined ? {} : { ackedVersion }),
          ...(error === undefined ? {} : { error: error.message }),
        },
      ],
    ];
  });
  return { id, type, namespace, labels, types: Object.fromEntries(entries) };
}
