import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { istioStatus, stringMap } from '../networking/fields';

const mutualTls = z.object({ mode: z.enum(['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT']).optional() });

const spec = z.object({
  selector: z.object({ matchLabels: stringMap.optional() }).optional(),
  mtls: mutualTls.optional(),
  portLevelMtls: z.record(z.string(), mutualTls).optional().describe('By port of the workload.'),
});

/** security.istio.io PeerAuthentication: whether workloads take mutual TLS, plain text or both. */
export const peerAuthenticationKind = defineKind({
  group: 'security.istio.io',
  version: 'v1',
  kind: 'PeerAuthentication',
  plural: 'peerauthentications',
  singular: 'peerauthentication',
  shortNames: ['pa'],
  categories: ['istio-io', 'security-istio-io'],
  namespaced: true,
  description: 'Whether workloads take mutual TLS, plain text or both.',
  spec,
  status: istioStatus,
  printerColumns: [
    { name: 'Mode', type: 'string', jsonPath: '.spec.mtls.mode' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type PeerAuthentication = ObjectOf<typeof peerAuthenticationKind>;
export type PeerAuthenticationSpec = z.output<typeof spec>;
export type MutualTlsMode = 'UNSET' | 'DISABLE' | 'PERMISSIVE' | 'STRICT';
