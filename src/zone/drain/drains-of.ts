import { annotations } from '../../federation/api';
import type { KubeObject } from '../../kube/schema';
import { ofKind } from '../facts/select-objects';

/** Zone → when its drain ends, in milliseconds since the epoch. */
export type Drains = ReadonlyMap<string, number>;

/** The drains that a bundle's DestinationRules name. What cannot be read drains nothing. */
export function drainsOf(manifests: readonly KubeObject[]): Drains {
  const drains = new Map<string, number>();
  for (const { metadata } of ofKind(manifests, 'DestinationRule')) {
    for (const [zone, until] of Object.entries(parse(metadata.annotations?.[annotations.drains]))) {
      const untilMs = typeof until === 'string' ? Date.parse(until) : Number.NaN;
      if (!Number.isNaN(untilMs)) drains.set(zone, Math.max(untilMs, drains.get(zone) ?? 0));
    }
  }
  return drains;
}

function parse(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // a person's slip in the annotation must not take a zone out, nor keep the bundle from being applied
  }
}
