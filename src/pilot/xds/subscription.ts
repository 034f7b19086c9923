import type { Acknowledgement } from './acknowledgement';
import type { EncodedResource, ResourceSet } from './resource-set';

/** What is to be sent next for one type. */
export interface PlannedResponse {
  readonly resources: readonly EncodedResource[];
  /** Names to be deleted; only the delta protocol can say so. */
  readonly removed: readonly string[];
  /** Set when `resources` is the whole set, whose wire slices all proxies share. */
  readonly whole: ResourceSet | undefined;
  /** Names whose content is new to the proxy, and those among them that it was never sent. */
  readonly changed: readonly string[];
  readonly fresh: ReadonlySet<string>;
}

/** One client's interest in one type, under either protocol variant. Pure: it decides, the connection sends. */
export interface Subscription {
  readonly acknowledgement: Acknowledgement;
  /** What is subscribed: `undefined` means everything. */
  readonly names: ReadonlySet<string> | undefined;
  /** Whether the client waits for something, even if no resource changes. */
  readonly isDue: boolean;
  /** Makes the next plan send these again, as far as they are subscribed; all of them when no names are given. */
  resend(names?: readonly string[]): void;
  /** Decides what to send now that the resources are these; `undefined` when the client has everything. */
  plan(next: ResourceSet): PlannedResponse | undefined;
}

/** The named resources that exist. */
export function pick(set: ResourceSet, names: Iterable<string>): readonly EncodedResource[] {
  const found: EncodedResource[] = [];
  for (const name of names) {
    const resource = set.get(name);
    if (resource) found.push(resource);
  }
  return found;
}

/** The members of a list that are in a set; the list itself when there is no set. */
export function within(list: readonly string[], names: ReadonlySet<string> | undefined): readonly string[] {
  if (!names) return list;
  if (names.size >= list.length) return list.filter((name) => names.has(name));
  const listed = new Set(list);
  return [...names].filter((name) => listed.has(name));
}
