import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { connectionPool } from './destination-rule';
import { istioStatus, portNumber, workloadSelector } from './fields';
import { serverTls } from './gateway';
import { destination } from './virtual-service';

const listenerPort = z.object({
  number: portNumber.optional(),
  protocol: z.string().optional(),
  name: z.string().optional(),
  targetPort: portNumber.optional(),
});

const captureMode = z.enum(['DEFAULT', 'IPTABLES', 'NONE']);

const outboundTrafficPolicy = z.object({
  mode: z.enum(['REGISTRY_ONLY', 'ALLOW_ANY']).optional(),
  egressProxy: destination.optional(),
});

const spec = z.object({
  workloadSelector: workloadSelector.optional(),
  ingress: z
    .array(
      z.object({
        port: listenerPort,
        bind: z.string().optional(),
        captureMode: captureMode.optional(),
        defaultEndpoint: z.string().optional(),
        tls: serverTls.optional(),
        connectionPool: connectionPool.optional(),
      }),
    )
    .optional(),
  egress: z
    .array(
      z.object({
        port: listenerPort.optional(),
        bind: z.string().optional(),
        captureMode: captureMode.optional(),
        hosts: z.array(z.string()).min(1),
      }),
    )
    .optional(),
  outboundTrafficPolicy: outboundTrafficPolicy.optional(),
  inboundConnectionPool: connectionPool.optional(),
});

/** networking.istio.io Sidecar: what the sidecars of a namespace or of some workloads see. */
export const sidecarKind = defineKind({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'Sidecar',
  plural: 'sidecars',
  singular: 'sidecar',
  shortNames: [],
  categories: ['istio-io', 'networking-istio-io'],
  namespaced: true,
  description: 'Which hosts the sidecars of a namespace, or of some of its workloads, can reach.',
  spec,
  status: istioStatus,
  printerColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
});

export type Sidecar = ObjectOf<typeof sidecarKind>;
export type SidecarSpec = z.output<typeof spec>;
