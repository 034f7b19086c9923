import { validateIstioObject } from '../../istio/validation';
import { type Finding, jsonEqual } from '../../kernel';

/** The request half of an admission.k8s.io/v1 AdmissionReview, as far as it is read. */
interface ReviewRequest {
  readonly uid: string;
  readonly object: Readonly<Record<string, unknown>> | undefined;
  readonly oldObject: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Answers an AdmissionReview about an Istio object, as istiod would: errors refuse it, each with its field; all else becomes a warning that kubectl
 * shows. A write that leaves the spec as it was is let through, so that labels and finalizers of old objects stay editable. Never throws.
 */
export function reviewIstioObject(body: unknown): object {
  const { uid, object, oldObject } = requestOf(body);
  const unchanged = oldObject !== undefined && jsonEqual(object?.spec, oldObject.spec);
  const findings = object === undefined || unchanged ? [] : validateIstioObject(object);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings
    .filter(({ severity }) => severity !== 'error')
    .map((finding) => `${finding.path ?? 'spec'}: ${describe(finding)}`);
  const response = {
    uid,
    allowed: errors.length === 0,
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(errors.length === 0 ? {} : { status: refusal(errors) }),
  };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}

function refusal(errors: readonly Finding[]): object {
  const [first] = errors;
  const list = errors.map((finding) => `${finding.path ?? 'spec'}: ${describe(finding)}`);
  const causes = errors.map((finding) => ({
    reason: 'FieldValueInvalid',
    field: finding.path ?? 'spec',
    message: describe(finding),
  }));
  const { kind = 'object', name = '' } = first?.object ?? {};
  const message = `${kind} "${name}" is invalid: ${list.join('; ')}`;
  return { code: 422, reason: 'Invalid', message, details: { name, kind, causes } };
}

function describe({ code, message, hint }: Finding): string {
  return `${message}${hint === undefined ? '' : `; ${hint}`} (${code})`;
}

function requestOf(body: unknown): ReviewRequest {
  const request = recordOf(recordOf(body)?.request);
  const uid = request?.uid;
  const isSubresource = typeof request?.subResource === 'string' && request.subResource !== '';
  return {
    uid: typeof uid === 'string' ? uid : '',
    object: isSubresource ? undefined : recordOf(request?.object),
    oldObject: recordOf(request?.oldObject),
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}
