import { z } from 'zod';
import { portName, portNumber } from './fields';

const tls = z.object({
  mode: z.enum(['SIMPLE', 'MUTUAL', 'PASSTHROUGH']),
  secretName: z.string().min(1).optional().describe('TLS Secret in the gateway namespace of the mesh.'),
  issuer: z
    .enum(['Mesh'])
    .optional()
    .describe('Mesh: the zone issues and rotates the certificate from the shared root.'),
});

/** One port of an access point, at the gateway and in the mesh. */
export const port = z
  .object({
    name: portName,
    number: portNumber.describe('Port at the gateway and in the mesh.'),
    protocol: z.enum(['HTTP', 'HTTPS', 'HTTP2', 'GRPC', 'TCP', 'TLS']),
    targetPort: portNumber.optional().describe('Port of the pods; `number` when left out.'),
    tls: tls.optional(),
    httpsRedirect: z.boolean().optional(),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: "!(self.protocol in ['HTTPS', 'TLS']) || has(self.tls)",
        message: 'a port with protocol HTTPS or TLS needs tls: give mode, and secretName or issuer: Mesh',
        fieldPath: '.protocol',
      },
      {
        rule: "!(self.protocol in ['HTTP', 'TCP']) || !has(self.tls)",
        message: 'a port with protocol HTTP or TCP has no tls: write HTTPS or TLS',
        fieldPath: '.protocol',
      },
      {
        rule: "!has(self.tls) || (self.tls.mode == 'PASSTHROUGH') == !(has(self.tls.secretName) || has(self.tls.issuer))",
        message: 'tls needs secretName or issuer: Mesh, and neither when mode is PASSTHROUGH',
      },
      {
        rule: '!has(self.tls) || !has(self.tls.secretName) || !has(self.tls.issuer)',
        message: 'secretName and issuer exclude one another',
      },
      {
        rule: "!has(self.httpsRedirect) || !self.httpsRedirect || self.protocol == 'HTTP'",
        message: 'only an HTTP port can redirect to HTTPS',
        fieldPath: '.httpsRedirect',
      },
    ],
  });
