import type { KubeObject } from '../../../kube/schema';
import { FEDERATION_API_VERSION } from '../../api';

/** An object of one of the hub's kinds as it is written, without a check of its spec. */
export function hubObject(kind: string, name: string, spec: unknown, namespace?: string): KubeObject {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: FEDERATION_API_VERSION, kind, metadata, spec };
}
