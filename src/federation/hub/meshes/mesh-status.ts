import { type Mesh, SYSTEM_NAMESPACE } from '../../api';
import { type ConditionParts, mergeConditions } from '../../status';

/** What is known of a mesh beside what is written. */
export interface MeshObservation {
  /** Certificate of its root; undefined when the Secret of the root is not there. */
  readonly certificate: string | undefined;
  /** What it shares with other meshes. */
  readonly isolation: ConditionParts;
}

/** The status of a mesh. A root certificate that was told once stays told. */
export function meshStatus(
  { metadata, spec, status: old }: Mesh,
  { certificate, isolation }: MeshObservation,
  nowMs: number,
): NonNullable<Mesh['status']> {
  const generation = metadata.generation ?? 0;
  const rootCertificate = certificate ?? old?.rootCertificate;
  const conditions = [ready(spec, certificate, old?.rootCertificate), isolation];
  return {
    observedGeneration: generation,
    conditions: mergeConditions(old?.conditions, conditions, { generation, nowMs }),
    ...(rootCertificate === undefined ? {} : { rootCertificate }),
  };
}

function ready(spec: Mesh['spec'], certificate: string | undefined, known: string | undefined): ConditionParts {
  const type = 'Ready';
  if (certificate !== undefined) return { type, status: 'True', reason: 'RootReady', message: 'the mesh has a root' };
  if (known !== undefined) {
    const message =
      'the Secret of the root is gone; restore it, because a new root would break the trust of every workload';
    return { type, status: 'False', reason: 'RootMissing', message };
  }
  if (spec?.ca.selfSigned === false) {
    const message = `Secret ${SYSTEM_NAMESPACE}/${spec.ca.rootSecretRef?.name ?? ''} with tls.crt and tls.key is missing`;
    return { type, status: 'False', reason: 'RootMissing', message };
  }
  return { type, status: 'False', reason: 'RootPending', message: 'the root is being made' };
}
