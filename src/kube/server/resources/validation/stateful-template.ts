import type { FieldError } from '../../schema';
import type { PodTemplate } from './validate-pod-spec';
import { claimErrors, type ClaimSpec } from './validate-volume-claim';

/** A claim that each pod of a StatefulSet gets for itself. */
export interface ClaimTemplate {
  readonly metadata?: { readonly name?: string };
  readonly spec?: ClaimSpec;
}

/**
 * The template as a StatefulSet's pods will have it: its claims are volumes, before those of the template and in place of
 * any that have their names, and a pod's host name is its own. (The real server takes the claims in any order.)
 */
export function completeTemplate(
  template: PodTemplate | undefined,
  claims: readonly ClaimTemplate[],
): PodTemplate | undefined {
  if (template?.spec === undefined) return template;
  const { hostname: _hostname, volumes = [], ...rest } = template.spec;
  const names = new Set(claims.map(({ metadata }) => metadata?.name ?? ''));
  const claimed = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const others = volumes.filter(({ name = '' }) => !names.has(name));
  return { ...template, spec: { ...rest, volumes: [...claimed, ...others] } };
}

/** What is wrong with the claims themselves. */
export function claimTemplateErrors(claims: readonly ClaimTemplate[], field: string): readonly FieldError[] {
  return claims.flatMap(({ spec }, index) => claimErrors(spec ?? {}, `${field}[${index}].spec`));
}
