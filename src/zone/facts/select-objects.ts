import type { KubeObject } from '../../kube/schema';

/** The objects of one kind. The kinds are told apart by name: within a bundle `Service` is always the core one. */
export function ofKind<Kind extends KubeObject>(objects: readonly KubeObject[], kind: string): readonly Kind[] {
  return objects.filter((object) => object.kind === kind) as Kind[];
}

/** Whether labels carry every pair of a selector. An empty selector matches all, as in Istio's Gateway.selector. */
export function matchesLabels(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value);
}
