import { z } from 'zod';
import { FEDERATION_GROUP, FEDERATION_VERSION, rolloutStrategy } from '../federation/api';
import { defineKind, type ObjectOf } from '../kube/schema';
import { exportTarget, host, labelMap, serviceName } from './schema/fields';
import { override } from './schema/override';
import { placement } from './schema/placement';
import { port } from './schema/port';
import { httpRoute, tcpRoute, tlsRoute } from './schema/routes';
import { runtime } from './schema/runtime';
import { status } from './schema/status';
import { traffic } from './schema/traffic';

const address = z.object({
  mode: z
    .enum(['Dedicated', 'Shared'])
    .default('Shared')
    .describe('Dedicated: a LoadBalancer Service of its own in front of the gateways, so that its address is its own.'),
  pool: z.string().min(1).optional().describe('AddressPool that a dedicated address comes from.'),
});

const spec = z
  .object({
    mesh: z.string().min(1).describe('The environment that it belongs to.'),
    hosts: z
      .array(host)
      .min(1)
      .max(64)
      .describe(
        'Fully qualified names, also with a wildcard as the first label. The first that is not a wildcard is the destination.',
      ),
    ports: z
      .array(port)
      .min(1)
      .max(32)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
      .describe('What clients may ask for.'),
    backend: z
      .object({
        service: z
          .object({ name: serviceName.describe('Name of the Service, in the namespace of the access point.') })
          .describe('The Service of the pods in each cluster.'),
        selector: labelMap.describe('Labels of the pods; at least one.'),
      })
      .describe('The application tier.'),
    gateway: z
      .object({
        selector: labelMap.default({ istio: 'ingressgateway' }).describe('Labels of the gateway pods.'),
        address: address.prefault({}).describe('Whether it shares the address of the gateways.'),
      })
      .prefault({})
      .describe('The web tier.'),
    http: z.array(httpRoute).max(64).optional().describe("Routes in VirtualService's own shape."),
    tls: z.array(tlsRoute).max(64).optional().describe('Routes by SNI, where TLS is passed through.'),
    tcp: z.array(tcpRoute).max(64).optional().describe('Routes of TCP ports.'),
    traffic: traffic.optional().describe('Whole objects, laid over the generated ones by kind and name.'),
    overrides: z.array(override).max(64).optional().describe('Changes to the objects of some clusters, applied last.'),
    placement: placement.describe('Where it goes, said in exactly one way.'),
    runtime: runtime
      .prefault({})
      .describe('How requests are spread; drains take effect at once, the rest is released.'),
    rollout: z
      .object({
        policyRef: z
          .object({ name: z.string().min(1).describe('Name of the RolloutPolicy.') })
          .optional()
          .describe('A RolloutPolicy.'),
        inline: rolloutStrategy.optional().describe('Stages of its own, as in a RolloutPolicy.'),
      })
      .optional()
      .meta({
        'x-kubernetes-validations': [
          { rule: '!has(self.policyRef) || !has(self.inline)', message: 'give either policyRef or inline' },
        ],
      })
      .describe('How a change is released; one cluster after another when left out.'),
    exportTo: z
      .array(exportTarget)
      .max(64)
      .default([])
      .describe('Namespaces that see it, beside its own, the gateway namespace and the defaults of the mesh.'),
    paused: z.boolean().default(false).describe('Nothing new is released; facts still flow.'),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: 'self.mesh == oldSelf.mesh',
        message: 'an access point stays in its mesh: create another for the other mesh',
        messageExpression:
          "'an access point stays in its mesh ' + oldSelf.mesh + ': create another for mesh ' + self.mesh",
        fieldPath: '.mesh',
      },
    ],
  });

/** One application's way in, in every zone where it is placed. */
export const accessPointKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'AccessPoint',
  plural: 'accesspoints',
  singular: 'accesspoint',
  shortNames: ['ap'],
  categories: ['flotilla'],
  namespaced: true,
  description:
    "One application's way in: hosts, ports and backend, placed in zones, with traffic kept local and a proven remote path.",
  spec,
  status,
  printerColumns: [
    { name: 'Hosts', type: 'string', jsonPath: '.spec.hosts[0]' },
    { name: 'Accepted', type: 'string', jsonPath: '.status.conditions[?(@.type=="Accepted")].status' },
    { name: 'Routed', type: 'string', jsonPath: '.status.conditions[?(@.type=="RouteConfigured")].status' },
    { name: 'Available', type: 'string', jsonPath: '.status.conditions[?(@.type=="Available")].status' },
    { name: 'Rolled Out', type: 'string', jsonPath: '.status.conditions[?(@.type=="RolloutComplete")].status' },
    { name: 'Mesh', type: 'string', jsonPath: '.spec.mesh', priority: 1 },
    { name: 'Revision', type: 'string', jsonPath: '.status.currentRevision', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type AccessPoint = ObjectOf<typeof accessPointKind>;
export type AccessPointSpec = z.output<typeof spec>;
export type AccessPointStatus = z.output<typeof status>;
export type AccessPointPort = z.output<typeof port>;
