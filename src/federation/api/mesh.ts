import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { conditions } from './conditions';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';
import { labelSelector } from './label-selector';

const exportTo = (of: string): z.ZodDefault<z.ZodArray<z.ZodString>> =>
  z.array(z.string()).default(['.']).describe(`Namespaces that see ${of}; "." is their own, "*" every one.`);

const spec = z
  .object({
    trustDomain: z.string().min(1).describe('SPIFFE trust domain of every workload of this mesh.'),
    rootNamespace: z.string().default('istio-system').describe('Istio root namespace in each gateway cluster.'),
    gatewayNamespace: z.string().optional().describe('Where the gateways run; the root namespace when left out.'),
    ca: z
      .object({
        selfSigned: z.boolean().default(true).describe('The hub makes the root key and certificate.'),
        rootSecretRef: z
          .object({ name: z.string().describe('Name of the Secret.') })
          .optional()
          .describe(
            'Secret in flotilla-system on the hub with tls.crt and tls.key of the root; used when selfSigned is false.',
          ),
        algorithm: z
          .enum(['EcdsaP256', 'EcdsaP384', 'Rsa2048', 'Rsa4096'])
          .default('EcdsaP256')
          .describe('Of the keys of root and intermediates.'),
        rootLifetimeDays: z.int().min(1).default(3650).describe('Of a root that the hub makes.'),
        intermediateLifetimeDays: z.int().min(1).default(365).describe('Of the intermediate of each zone.'),
        leafLifetimeHours: z.int().min(1).max(2160).default(24).describe('Of workload certificates.'),
      })
      .prefault({})
      .describe('The certificate authority of the mesh.'),
    discoverySelectors: z.array(labelSelector).default([]).describe('Namespaces that this mesh sees; empty means all.'),
    defaultExportTo: z
      .object({
        service: exportTo('Services and ServiceEntries'),
        virtualService: exportTo('VirtualServices'),
        destinationRule: exportTo('DestinationRules'),
      })
      .prefault({})
      .describe('Who sees what is emitted, beside the gateway namespace and what an access point adds.'),
    locality: z
      .object({
        localPercent: z.int().min(1).max(100).default(99).describe('Percent of the requests that stays in its zone.'),
      })
      .prefault({})
      .describe('How requests are spread, where an access point does not say otherwise.'),
    domain: z.string().default('global').describe('Suffix of names that Flotilla generates.'),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: 'self.trustDomain == oldSelf.trustDomain',
        message: 'trustDomain is fixed: every identity is made from it',
      },
      {
        rule: 'self.ca.selfSigned || has(self.ca.rootSecretRef)',
        message: 'name the root in ca.rootSecretRef, or set ca.selfSigned to true',
      },
    ],
  });

const status = z.object({
  observedGeneration: z.int().optional().describe('Generation that this status is about.'),
  conditions,
  rootCertificate: z.string().optional().describe('The root certificate in PEM; public.'),
});

/** One environment: one trust domain, one root CA, one set of discovery selectors and export defaults. */
export const meshKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'Mesh',
  plural: 'meshes',
  singular: 'mesh',
  shortNames: [],
  categories: ['flotilla'],
  namespaced: false,
  description:
    'One environment: a trust domain, a root CA, discovery selectors and export defaults shared by its zones.',
  spec,
  status,
  printerColumns: [
    { name: 'Trust Domain', type: 'string', jsonPath: '.spec.trustDomain' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type Mesh = ObjectOf<typeof meshKind>;
export type MeshSpec = z.output<typeof spec>;

/** The namespace that the gateways of a mesh run in. */
export function gatewayNamespaceOf({
  gatewayNamespace,
  rootNamespace,
}: Pick<MeshSpec, 'gatewayNamespace' | 'rootNamespace'>): string {
  return gatewayNamespace ?? rootNamespace;
}
