import { z } from 'zod';
import { annotations } from '../../federation/api';
import type { DestinationRule } from '../../istio';
import type { Finding } from '../../kernel';

/** Zones that take over, nearest first, by the zone that asks. */
export type FailoverOrder = Readonly<Record<string, readonly string[]>>;

const form = z.record(z.string(), z.array(z.string()));

/** Reads the failover-order annotation of a DestinationRule; `undefined` without it or when it has another form. */
export function failoverOrderOf({ metadata }: DestinationRule): FailoverOrder | undefined {
  const text = metadata.annotations?.[annotations.failoverOrder];
  if (text === undefined) return undefined;
  const parsed = form.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

/** The finding for an annotation that cannot be read: without it, localities beside the shares are dropped as in Istio. */
export function findFailoverOrder(rule: DestinationRule): readonly Finding[] {
  const { name, namespace = '', annotations: own } = rule.metadata;
  if (own?.[annotations.failoverOrder] === undefined || failoverOrderOf(rule)) return [];
  return [
    {
      code: 'FLO4003',
      severity: 'error',
      object: { apiVersion: rule.apiVersion, kind: rule.kind, namespace, name },
      path: `metadata.annotations["${annotations.failoverOrder}"]`,
      message: `DestinationRule ${namespace}/${name}: the failover order is not JSON of the form {"from zone": ["zone", …]}`,
      hint: 'correct or remove the annotation; until then zones without a share get no traffic',
    },
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
