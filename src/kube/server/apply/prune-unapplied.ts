import { FieldSet } from './field-set';
import { removeItems, withNamedFields } from './remove-items';
import type { Owners } from './managed-fields';
import type { Shape } from './shape';
import { toFieldSet } from './to-field-set';

/**
 * Removes from the merged object what its applier applied last time and not now, unless another manager owns it, or
 * nobody ever did (defaults beside it stay).
 */
export function pruneUnapplied(merged: unknown, last: FieldSet | undefined, owners: Owners, shape: Shape): unknown {
  if (last === undefined || last.isEmpty) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(set, shape);
  const everybody = [...owners.values()].reduce((all, owner) => all.union(owner.set), new FieldSet());
  const mergedSet = named(toFieldSet(merged, shape));
  const withoutLast = named(toFieldSet(removeItems(merged, named(last), shape), shape));
  const disowned = mergedSet.difference(withoutLast.union(named(everybody)));
  const withOwned = named(toFieldSet(removeItems(merged, disowned, shape), shape));
  return removeItems(merged, mergedSet.difference(withOwned).intersection(named(last)), shape);
}
