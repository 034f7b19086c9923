import { coreKinds, type KubeObject } from '../../../kube/schema';
import { type Mesh, SYSTEM_NAMESPACE } from '../../api';
import type { HubCaches, Secret } from '../caches';

/** The root of a mesh as the hub holds it. */
export interface MeshRoot {
  readonly keyPem: string;
  readonly certificatePem: string;
}

/** Name of the Secret that holds the root: the one the mesh names, or the one that the hub makes. */
export function rootSecretName({ metadata, spec }: Mesh): string {
  const own = spec?.ca.selfSigned === false ? spec.ca.rootSecretRef?.name : undefined;
  return own ?? `mesh-${metadata.name}-root`;
}

/** The root of a mesh, if its Secret is there and complete. */
export function rootOfMesh(mesh: Mesh, secrets: Pick<HubCaches['secrets'], 'get'>): MeshRoot | undefined {
  const secret = secrets.get(`${SYSTEM_NAMESPACE}/${rootSecretName(mesh)}`);
  const certificate = secret?.data?.['tls.crt'];
  const key = secret?.data?.['tls.key'];
  return certificate === undefined || key === undefined
    ? undefined
    : { keyPem: decode(key), certificatePem: decode(certificate) };
}

/** The Secret that keeps a root, in the form of `kubectl create secret tls`. */
export function rootSecret(mesh: Mesh, { keyPem, certificatePem }: MeshRoot): Secret & KubeObject {
  return {
    apiVersion: 'v1',
    kind: coreKinds.secret.kind,
    metadata: { name: rootSecretName(mesh), namespace: SYSTEM_NAMESPACE },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': encode(certificatePem), 'tls.key': encode(keyPem) },
  };
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function decode(data: string): string {
  return Buffer.from(data, 'base64').toString('utf8');
}
