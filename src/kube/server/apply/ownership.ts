import { type Comparison, compareValues } from './compare';
import { FieldSet } from './field-set';
import { compareText, type Owner, ownerIdentity, type Owners } from './managed-fields';
import { fieldElement, type PathElement } from './path-element';
import { reconcileWithSchema } from './reconcile';
import type { Shape } from './shape';

/** Which fields an endpoint never owns: the main one not the status, the status one nothing else. */
export type OwnershipFilter = (set: FieldSet) => FieldSet;

/** What an operation is about. */
export interface Operation {
  readonly shape: Shape;
  readonly filter: OwnershipFilter;
  /** Who acts; the owner's set and time are those after the operation. */
  readonly actor: Omit<Owner, 'set' | 'time'>;
  readonly nowRfc3339: string;
}

/** A field that the operation changes and somebody else owns. */
export interface OwnershipConflict {
  readonly owner: Owner;
  readonly path: readonly PathElement[];
}

const path = (...names: readonly string[]): PathElement[] => names.map(fieldElement);

/** Fields that belong to the API server, never to a manager. */
const serverFields = FieldSet.of(
  path('apiVersion'),
  path('kind'),
  path('metadata'),
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName'].map((name) => path('metadata', name)),
  ...['generation', 'managedFields', 'resourceVersion'].map((name) => path('metadata', name)),
);

const statusOnly = FieldSet.of(path('status'));

/** The filter of an endpoint: `status` keeps only status, `main` everything else, `all` everything. */
export function ownershipFilter(endpoint: 'main' | 'status' | 'all'): OwnershipFilter {
  const status = fieldElement('status');
  switch (endpoint) {
    case 'main':
      return (set) => set.recursiveDifference(statusOnly);
    case 'status':
      return (set) => {
        const kept = new FieldSet();
        kept.put(status, set.hasMember(status), set.below(status));
        return kept;
      };
    case 'all':
      return (set) => set;
  }
}

/** The set without what belongs to the API server. */
export function withoutServerFields(set: FieldSet): FieldSet {
  return set.difference(serverFields);
}

/** Stored owners fitted to today's schema. */
export function reconcileOwners(owners: Owners, shape: Shape): Owners {
  const fitted = [...owners].map(
    ([id, owner]) => [id, { ...owner, set: reconcileWithSchema(owner.set, shape) }] as const,
  );
  return new Map(fitted);
}

/** What changed between two objects, as far as the endpoint may change it. */
export function filteredChanges(before: unknown, after: unknown, { shape, filter }: Operation): Comparison {
  const { added, modified, removed } = compareValues(before, after, shape);
  return { added: filter(added), modified: filter(modified), removed: filter(removed) };
}

/** Everybody else's fields that the changes touch, in a stable order. */
export function findConflicts(owners: Owners, { added, modified }: Comparison, actor: string): OwnershipConflict[] {
  const changed = modified.union(added);
  return [...owners]
    .filter(([identity]) => identity !== actor)
    .sort(([left], [right]) => compareText(left, right))
    .flatMap(([, owner]) => [...owner.set.intersection(changed).paths()].map((path) => ({ owner, path })));
}

/** Takes changed and removed fields away from everybody but the actor; an owner left with nothing is dropped. */
export function disownChanges(owners: Owners, { added, modified, removed }: Comparison, actor: string): void {
  const gone = modified.union(added).union(removed);
  for (const [identity, owner] of owners) {
    const set = identity === actor ? owner.set : owner.set.difference(gone);
    if (set.isEmpty) owners.delete(identity);
    else owners.set(identity, { ...owner, set });
  }
}

/** Sets what the actor owns now; an empty set drops the entry. */
export function setOwned(owners: Owners, { actor }: Operation, set: FieldSet, time: string | undefined): void {
  const identity = ownerIdentity(actor);
  if (set.isEmpty) owners.delete(identity);
  else owners.set(identity, { ...actor, set, time });
}
