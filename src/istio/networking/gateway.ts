import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { istioStatus, port, stringMap } from './fields';

const protocolVersion = z.enum(['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3']);

/** Istio's ServerTLSSettings, as in Gateway servers and Sidecar ingress listeners. */
export const serverTls = z.object({
  httpsRedirect: z.boolean().optional().describe('Answer plain HTTP with a redirect to https.'),
  mode: z
    .enum(['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'])
    .optional()
    .describe('PASSTHROUGH when left out.'),
  serverCertificate: z.string().optional(),
  privateKey: z.string().optional(),
  caCertificates: z.string().optional(),
  caCrl: z.string().optional(),
  tlsCertificates: z
    .array(
      z.object({
        serverCertificate: z.string().optional(),
        privateKey: z.string().optional(),
        caCertificates: z.string().optional(),
      }),
    )
    .max(2)
    .optional(),
  credentialName: z.string().optional().describe('Secret that holds the certificate and key, served by SDS.'),
  credentialNames: z.array(z.string()).max(2).optional(),
  caCertCredentialName: z.string().optional(),
  subjectAltNames: z.array(z.string()).optional(),
  verifyCertificateSpki: z.array(z.string()).optional(),
  verifyCertificateHash: z.array(z.string()).optional(),
  minProtocolVersion: protocolVersion.optional(),
  maxProtocolVersion: protocolVersion.optional(),
  cipherSuites: z.array(z.string()).optional(),
  insecureSkipVerify: z.boolean().optional(),
});

const server = z.object({
  port,
  bind: z.string().optional(),
  hosts: z.array(z.string()).min(1),
  tls: serverTls.optional(),
  defaultEndpoint: z.string().optional(),
  name: z.string().optional(),
});

const spec = z.object({
  servers: z.array(server).optional(),
  selector: stringMap.optional().describe('Labels of the gateway workloads; empty selects all.'),
});

/** networking.istio.io Gateway: ports and hosts that gateway workloads open. */
export const gatewayKind = defineKind({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'Gateway',
  plural: 'gateways',
  singular: 'gateway',
  shortNames: ['gw'],
  categories: ['istio-io', 'networking-istio-io'],
  namespaced: true,
  description: 'Ports, hosts and TLS settings that gateway workloads open.',
  spec,
  status: istioStatus,
  printerColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
});

export type Gateway = ObjectOf<typeof gatewayKind>;
export type GatewaySpec = z.output<typeof spec>;
export type GatewayServer = z.output<typeof server>;
export type ServerTlsSettings = z.output<typeof serverTls>;
