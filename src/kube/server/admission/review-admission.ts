import type { KubeObject } from '../../schema';
import { invalidObject } from '../registry/check-fields';
import type { Admission } from '../registry/write-request';

/** A write that is about to happen, in the terms of a validating webhook (admission.k8s.io/v1). */
export interface ReviewRequest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly object: KubeObject;
  readonly oldObject?: KubeObject;
}

/** One reason to refuse a write. */
export interface ReviewError {
  /** `spec.mesh`, as kubectl prints it. */
  readonly field: string;
  readonly message: string;
}

/** Judges writes inside this process: what a validating webhook would be for a server elsewhere. */
export interface AdmissionReviewer {
  review(request: ReviewRequest): ReviewAnswer | Promise<ReviewAnswer>;
}

/** What a reviewer says: refused when there are errors, otherwise let through with the warnings. */
export interface ReviewAnswer {
  readonly errors: readonly ReviewError[];
  readonly warnings: readonly string[];
}

/** Asks a reviewer about every create and update of an object; subresources are not its business. */
export function reviewAdmission(reviewer: AdmissionReviewer): Admission {
  return {
    mutate: ({ object }) => Promise.resolve(object),
    async validate({ target, operation, object, live, options }) {
      if (operation === 'DELETE' || object === undefined || target.subresource !== '') return;
      const { apiVersion, kind } = object;
      const request = { apiVersion, kind, operation, object, ...(live === undefined ? {} : { oldObject: live }) };
      const { errors, warnings } = await reviewer.review(request);
      for (const warning of warnings) options.warn(warning);
      if (errors.length === 0) return;
      const found = errors.map(({ field, message }) => ({
        field,
        reason: 'FieldValueInvalid' as const,
        detail: `Invalid value: ${message}`,
      }));
      throw invalidObject(target.kind, object.metadata.name, found);
    },
  };
}
