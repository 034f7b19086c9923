import { FEDERATION_API_VERSION } from '../../federation/api';
import type { Finding } from '../../kernel';
import type { AccessPoint } from '../access-point';

/** The parts of a finding that differ from check to check. */
export interface FindingParts {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  readonly severity?: Finding['severity'];
}

/** A finding about an access point; an error unless told otherwise. */
export function accessPointFinding({ metadata }: Pick<AccessPoint, 'metadata'>, parts: FindingParts): Finding {
  return {
    severity: 'error',
    ...parts,
    object: {
      apiVersion: FEDERATION_API_VERSION,
      kind: 'AccessPoint',
      namespace: metadata.namespace ?? 'default',
      name: metadata.name,
    },
  };
}
