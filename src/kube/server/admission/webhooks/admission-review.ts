import type { KubeObject } from '../../../schema';
import { ApiError, type Status } from '../../api-error';
import { applyJsonPatch } from '../../patch';
import type { AdmissionAttributes } from '../../registry/write-request';
import { userInfo } from '../../reviews/token-review';

/** admission.k8s.io/v1 AdmissionResponse. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: Partial<Status>;
  /** Base64 of a JSON patch. */
  readonly patch?: string;
  readonly patchType?: string;
  readonly warnings?: readonly string[];
}

/** admission.k8s.io/v1 AdmissionReview as it is sent. */
export interface AdmissionReview {
  readonly kind: 'AdmissionReview';
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly request: Readonly<Record<string, unknown>>;
}

/** The AdmissionReview that a webhook is asked with. Pure. */
export function admissionReview(attributes: AdmissionAttributes, uid: string): AdmissionReview {
  const { target, operation, options, object, live } = attributes;
  const { kind, namespace, name, subresource } = target;
  const { group, version, plural } = kind;
  const kindOf = { group, version, kind: kind.kind };
  const resource = { group, version, resource: plural };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind: kindOf,
      resource,
      ...(subresource === '' ? {} : { subResource: subresource }),
      requestKind: kindOf,
      requestResource: resource,
      ...(subresource === '' ? {} : { requestSubResource: subresource }),
      ...(name === '' ? {} : { name }),
      ...(namespace === '' ? {} : { namespace }),
      operation,
      userInfo: userInfo(options.user),
      object: operation === 'DELETE' ? null : (object ?? null),
      oldObject: live ?? null,
      dryRun: options.dryRun,
      options: { kind: OPTION_KINDS[operation], apiVersion: 'meta.k8s.io/v1' },
    },
  };
}

const OPTION_KINDS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' } as const;

/** Reads an answer. @throws Error when it is not an AdmissionReview that answers this request */
export function readAdmissionResponse(body: unknown, uid: string): AdmissionResponse {
  const { kind, response } = (body ?? {}) as { kind?: string; response?: AdmissionResponse };
  if (kind !== 'AdmissionReview' || response === undefined)
    throw new Error('webhook response is not an AdmissionReview with a response');
  if (response.uid !== uid)
    throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid)}`);
  return response;
}

/** The object as a mutating webhook wants it. @throws ApiError 403 (or what it says) when it refuses, Error on a bad patch */
export function applyAdmission(
  webhook: string,
  object: KubeObject | undefined,
  response: AdmissionResponse,
): KubeObject | undefined {
  if (!response.allowed) throw denial(webhook, response);
  if (response.patch === undefined || response.patch === '' || object === undefined) return object;
  if (response.patchType !== undefined && response.patchType !== 'JSONPatch')
    throw new Error(`unsupported patchType ${response.patchType}`);
  const operations: unknown = JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8'));
  return applyJsonPatch(object, operations) as KubeObject;
}

/** The refusal in Kubernetes' words. */
export function denial(webhook: string, { status }: AdmissionResponse): ApiError {
  const why = status?.message ?? status?.reason;
  const message = `admission webhook "${webhook}" denied the request${why === undefined ? ' without explanation' : `: ${why}`}`;
  return new ApiError(
    status?.code === 422 || status?.reason === 'Invalid' ? 'Invalid' : reasonOf(status),
    message,
    status?.details,
  );
}

function reasonOf(status: Partial<Status> | undefined): 'Forbidden' | 'BadRequest' | 'Conflict' | 'NotFound' {
  switch (status?.code) {
    case 400:
      return 'BadRequest';
    case 404:
      return 'NotFound';
    case 409:
      return 'Conflict';
    default:
      return 'Forbidden';
  }
}
