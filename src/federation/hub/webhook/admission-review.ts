import type { KubeObject } from '../../../kube/schema';
import type { ReviewedWrite, ReviewOutcome } from './review-hub-write';

/** The request half of an admission.k8s.io/v1 AdmissionReview, as far as it is read. */
export interface ReviewCall {
  readonly uid: string;
  readonly write: ReviewedWrite;
}

/**
 * Reads an AdmissionReview as an API server posts it; undefined when it is none, or is about a deletion or a subresource, which are not judged.
 */
export function parseReview(body: unknown): ReviewCall | undefined {
  const request = fieldOf(body, 'request');
  const uid = fieldOf(request, 'uid');
  const object = fieldOf(request, 'object');
  if (typeof uid !== 'string' || !isObject(object) || fieldOf(request, 'subResource')) return undefined;
  const oldObject = fieldOf(request, 'oldObject');
  const { apiVersion, kind } = object;
  return { uid, write: { apiVersion, kind, object, ...(isObject(oldObject) ? { oldObject } : {}) } };
}

/** The uid of any AdmissionReview, to answer ones that are not judged. */
export function reviewUid(body: unknown): string {
  const uid = fieldOf(fieldOf(body, 'request'), 'uid');
  return typeof uid === 'string' ? uid : '';
}

/** The answer to an AdmissionReview; a refusal names every field, as the API server itself would. */
export function reviewAnswer(uid: string, { errors, warnings }: ReviewOutcome, write?: ReviewedWrite): object {
  const allowed = errors.length === 0;
  const response = {
    uid,
    allowed,
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(allowed ? {} : { status: refusal(errors, write) }),
  };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}

function refusal(errors: ReviewOutcome['errors'], write: ReviewedWrite | undefined): object {
  const list = errors.map(({ field, message }) => `${field}: ${message}`);
  const causes = errors.map(({ field, message }) => ({ reason: 'FieldValueInvalid', field, message }));
  const name = write?.object.metadata.name;
  const message = `${write?.kind ?? 'object'} "${name ?? ''}" is invalid: ${list.join('; ')}`;
  return { code: 422, reason: 'Invalid', message, details: { name, kind: write?.kind, causes } };
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}

function isObject(value: unknown): value is KubeObject {
  const metadata = fieldOf(value, 'metadata');
  return typeof fieldOf(value, 'kind') === 'string' && typeof metadata === 'object' && metadata !== null;
}
