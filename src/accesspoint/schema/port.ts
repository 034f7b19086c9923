import { z } from 'zod';
import { portName, portNumber } from './fields';

const tls = z.object({
  mode: z
    .enum(['SIMPLE', 'MUTUAL', 'PASSTHROUGH'])
    .describe(
      'SIMPLE: TLS ends at the gateway. MUTUAL: clients show a certificate, too. PASSTHROUGH: the application ends TLS.',
    ),
  secretName: z.string().min(1).optional().describe('TLS Secret in the gateway namespace of the mesh.'),
  issuer: z
    .enum(['Mesh'])
    .optional()
    .describe('Mesh: the zone issues and rotates the certificate from the shared root.'),
});

/** One port of an access point, at the gateway and in the mesh. */
export const port = z
  .object({
    name: portName.describe('At most 15 small letters, digits and dashes.'),
    number: portNumber.describe('Port at the gateway and in the mesh.'),
    protocol: z.enum(['HTTP', 'HTTPS', 'HTTP2', 'GRPC', 'TCP', 'TLS']).describe('What clients speak at the gateway.'),
    targetPort: portNumber.optional().describe('Port of the pods; `number` when left out.'),
    tls: tls.optional().describe('Needed for HTTPS and TLS, possible for HTTP2 and GRPC.'),
    httpsRedirect: z.boolean().optional().describe('Answers every request with a redirect to HTTPS.'),
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
