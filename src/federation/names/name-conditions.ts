import type { PlacedCluster } from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { NameRecord } from '../../nameservice';
import type { ConditionParts } from '../status';
import { isMostlyDead, type MemberReports } from './name-health';

/** All that the conditions of a name are judged by. */
export interface NameState {
  readonly findings: readonly Finding[];
  readonly placed: readonly PlacedCluster[];
  /** What the zones hold. */
  readonly records: readonly { readonly zone: string; readonly record: NameRecord }[];
  readonly reports: MemberReports;
}

/** Codes of names that belong to somebody else. */
const CONFLICTS: readonly string[] = ['FLO7010', 'FLO7013'];

/** Accepted, Resolved, Healthy and Ready of a name, each with its true reason. */
export function nameConditions(state: NameState): ConditionParts[] {
  const own = [accepted(state), resolved(state), healthy(state)];
  return [...own, ready(state, own)];
}

function accepted({ findings }: NameState): ConditionParts {
  const type = 'Accepted';
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return { type, status: 'True', reason: 'Accepted', message: 'the spec is valid' };
  const reason = CONFLICTS.includes(first.code) ? 'Conflict' : first.code === 'FLO7016' ? 'UnknownMesh' : 'Invalid';
  const message = errors.map(({ path, message: text, code }) => `${path ?? 'spec'}: ${text} (${code})`).join('; ');
  return { type, status: 'False', reason, message };
}

function resolved({ findings }: NameState): ConditionParts {
  const type = 'Resolved';
  const missing = findings.filter(({ code }) => code === 'FLO7011');
  if (missing.length === 0) return { type, status: 'True', reason: 'Resolved', message: 'every target has an address' };
  const message = missing.map(({ path, message: text }) => `${path ?? ''}: ${text}`).join('; ');
  return { type, status: 'False', reason: 'AddressPending', message };
}

function healthy({ reports }: NameState): ConditionParts {
  const type = 'Healthy';
  if (reports.size === 0)
    return { type, status: 'Unknown', reason: 'NotReported', message: 'no zone has reported yet' };
  const dead = [...reports].filter(([, list]) => isMostlyDead(list));
  if (dead.length === 0)
    return { type, status: 'True', reason: 'Healthy', message: `all ${reports.size} members answer` };
  const list = dead.map(
    ([id, seen]) => `${id}: ${seen.find((report) => !report.healthy)?.message ?? 'it does not answer'}`,
  );
  const reason = dead.length === reports.size ? 'NoneHealthy' : 'SomeUnhealthy';
  return { type, status: 'False', reason, message: list.join('; ') };
}

/** Whether every zone answers for the name, with something that lives. */
function ready({ placed, records }: NameState, [acceptance, , health]: readonly ConditionParts[]): ConditionParts {
  const type = 'Ready';
  if (acceptance?.status === 'False')
    return { type, status: 'False', reason: acceptance.reason, message: acceptance.message };
  const holding = new Set(records.filter(({ record }) => record.members.length > 0).map(({ zone }) => zone));
  const without = placed.filter(({ zone }) => !holding.has(zone)).map(({ zone }) => zone);
  if (without.length > 0) {
    const message = `no answer yet in ${without.sort().join(', ')}`;
    return { type, status: 'False', reason: 'NotInEveryZone', message };
  }
  if (health?.reason === 'NoneHealthy')
    return { type, status: 'False', reason: 'NoneHealthy', message: health.message };
  return { type, status: 'True', reason: 'Answered', message: `answered in ${holding.size} zones` };
}
