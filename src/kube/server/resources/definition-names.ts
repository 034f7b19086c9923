import { formatTime } from '../../../kernel';
import type { NamesInUse } from './served-kind';

/** What a definition calls its kind (CustomResourceDefinitionNames). */
export interface DefinitionNames {
  readonly plural: string;
  readonly kind: string;
  readonly singular?: string;
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** apiextensions.k8s.io/v1 condition of a definition. */
export interface DefinitionCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
  readonly reason: string;
  readonly message: string;
}

interface NamingStatus {
  readonly acceptedNames?: Partial<DefinitionNames>;
  readonly conditions?: readonly DefinitionCondition[];
}

interface Conflict {
  readonly reason: string;
  readonly message: string;
}

/**
 * Which of a definition's names it may have, and so whether its kind is served: names that another definition of the group
 * has already are refused, a kind once established stays so. Pure.
 */
export function acceptNames(
  names: DefinitionNames,
  used: NamesInUse,
  before: NamingStatus,
  nowMs: number,
): Required<NamingStatus> {
  const accepted = before.acceptedNames ?? {};
  const conflicts: Conflict[] = [];
  const pick = (part: 'plural' | 'singular' | 'kind' | 'listKind', taken: ReadonlySet<string>): object => {
    const wanted = names[part] ?? '';
    if (wanted === accepted[part] || !taken.has(wanted)) return wanted === '' ? {} : { [part]: wanted };
    conflicts.push({ reason: `${part.charAt(0).toUpperCase()}${part.slice(1)}Conflict`, message: inUse(wanted) });
    return accepted[part] === undefined ? {} : { [part]: accepted[part] };
  };
  const resources = { ...pick('plural', used.resources), ...pick('singular', used.resources) };
  const shortNames = pickShortNames(names, accepted, used, conflicts);
  const kinds = { ...pick('kind', used.kinds), ...pick('listKind', used.kinds) };
  const categories = names.categories === undefined ? {} : { categories: names.categories };
  const acceptedNames = { plural: '', kind: '', ...resources, ...shortNames, ...kinds, ...categories };
  const conditions = conditionsOf(conflicts.at(-1), before.conditions ?? [], formatTime(nowMs));
  return { acceptedNames, conditions };
}

function pickShortNames(
  { shortNames: wanted }: DefinitionNames,
  { shortNames: accepted }: Partial<DefinitionNames>,
  { resources }: NamesInUse,
  conflicts: Conflict[],
): object {
  const taken = (wanted ?? []).filter((name) => !(accepted ?? []).includes(name) && resources.has(name));
  if (taken.length === 0) return wanted === undefined ? {} : { shortNames: wanted };
  const messages = taken.map(inUse);
  const message = messages.length === 1 ? messages.join() : `[${messages.join(', ')}]`;
  conflicts.push({ reason: 'ShortNamesConflict', message });
  return accepted === undefined ? {} : { shortNames: accepted };
}

function inUse(name: string): string {
  return `${JSON.stringify(name)} is already in use`;
}

function conditionsOf(
  conflict: Conflict | undefined,
  before: readonly DefinitionCondition[],
  now: string,
): readonly DefinitionCondition[] {
  const was = (type: string): DefinitionCondition | undefined => before.find((condition) => condition.type === type);
  const since = (next: Omit<DefinitionCondition, 'lastTransitionTime'>): DefinitionCondition => {
    const { status, lastTransitionTime = now } = was(next.type) ?? {};
    const { type, status: after, reason, message } = next;
    return { type, status: after, lastTransitionTime: status === after ? lastTransitionTime : now, reason, message };
  };
  const named = conflict ?? { reason: 'NoConflicts', message: 'no conflicts found' };
  const names = since({ type: 'NamesAccepted', status: conflict === undefined ? 'True' : 'False', ...named });
  const established = was('Established')?.status === 'True' || conflict === undefined;
  const state = established
    ? { status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
    : { status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
  const others = before.filter(({ type }) => type !== 'NamesAccepted' && type !== 'Established');
  return [names, since({ type: 'Established', ...state }), ...others];
}

/** Whether a definition's kind is served. One without conditions was written before there were any. */
export function isEstablished(status: unknown): boolean {
  const { conditions } = (status ?? {}) as NamingStatus;
  return conditions?.find(({ type }) => type === 'Established')?.status !== 'False';
}

/** Whether another definition's name stands in the way of this one's. */
export function hasNameConflict(status: unknown): boolean {
  const { conditions = [] } = (status ?? {}) as NamingStatus;
  return conditions.some(({ type, status: holds }) => type === 'NamesAccepted' && holds === 'False');
}
