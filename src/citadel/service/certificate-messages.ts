import { common, Root } from 'protobufjs';

/** istio.v1.auth.IstioCertificateRequest. */
export interface CertificateRequest {
  readonly csr: string;
  /** Seconds; 0 leaves the choice to the authority. */
  readonly validityDuration: number;
  /** google.protobuf.Struct as it stands on the wire. */
  readonly metadata?: unknown;
}

/** istio.v1.auth.IstioCertificateResponse: PEM certificates, leaf first, root last. */
export interface CertificateResponse {
  readonly certChain: readonly string[];
}

/** The messages of Istio's certificate service (security/v1alpha1/ca.proto), by field number. */
const messages = new Root();
messages.addJSON(common.get('google/protobuf/struct.proto')?.nested ?? {});
messages.addJSON({
  istio: {
    nested: {
      v1: {
        nested: {
          auth: {
            nested: {
              IstioCertificateRequest: {
                fields: {
                  csr: { id: 1, type: 'string' },
                  validityDuration: { id: 3, type: 'int64' },
                  metadata: { id: 4, type: 'google.protobuf.Struct' },
                },
              },
              IstioCertificateResponse: { fields: { certChain: { id: 1, type: 'string', rule: 'repeated' } } },
            },
          },
        },
      },
    },
  },
});

const request = messages.lookupType('istio.v1.auth.IstioCertificateRequest');
const response = messages.lookupType('istio.v1.auth.IstioCertificateResponse');

/** Path of the one method of `istio.v1.auth.IstioCertificateService`, as istio-agent, ztunnel and proxyless clients call it. */
export const CREATE_CERTIFICATE_PATH = '/istio.v1.auth.IstioCertificateService/CreateCertificate';

/** Reads a request. @throws RangeError (protobufjs) when the bytes are no such message */
export function decodeCertificateRequest(bytes: Uint8Array): CertificateRequest {
  return request.toObject(request.decode(bytes), { longs: Number, defaults: true }) as CertificateRequest;
}

/** Writes a request, as a client does. */
export function encodeCertificateRequest(value: CertificateRequest): Uint8Array {
  return request.encode(request.fromObject(value)).finish();
}

/** Writes an answer. */
export function encodeCertificateResponse(value: CertificateResponse): Uint8Array {
  return response.encode(response.fromObject(value)).finish();
}

/** Reads an answer, as a client does. @throws RangeError (protobufjs) when the bytes are no such message */
export function decodeCertificateResponse(bytes: Uint8Array): CertificateResponse {
  return response.toObject(response.decode(bytes), { arrays: true }) as CertificateResponse;
}
