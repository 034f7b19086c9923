/** Content type of a server-side apply. The body is JSON all the same: JSON is YAML, and much faster to write. */
export const APPLY_PATCH = 'application/apply-patch+yaml';

/** Content types of the other patches (https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply). */
export const PATCH_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;
