import type { Rollout, RolloutSpec, RolloutStatus } from '../federation/api';
import { FlotillaError } from '../kernel';

/** What a person can do to a rollout that is under way. */
export const ROLLOUT_VERBS = ['pause', 'resume', 'promote', 'abort', 'rollback', 'retry', 'skip'] as const;

/** One of {@link ROLLOUT_VERBS}. */
export type RolloutVerb = (typeof ROLLOUT_VERBS)[number];

/** What some verbs need beside the rollout. */
export interface VerbOptions {
  /** promote: pass every gate that is still to come. */
  readonly full?: boolean;
  /** skip: the cluster that is not waited for. */
  readonly cluster?: string;
}

type Steering = Partial<Pick<RolloutSpec, 'paused' | 'goal' | 'promoteFully' | 'skippedGates' | 'skippedClusters'>>;

/** Phases that a rollout does not leave. */
const ENDED: readonly RolloutStatus['phase'][] = ['Complete', 'RolledBack', 'Superseded'];

/**
 * The change of `spec` that a verb makes. @throws FlotillaError FLO3095 when the verb means nothing for the rollout as it stands, with the reason
 */
export function steer(rollout: Rollout, verb: RolloutVerb, options: VerbOptions = {}): Steering {
  const { phase } = rollout.status ?? {};
  if (ENDED.includes(phase)) throw refused(rollout, verb, `it is ${phase ?? 'over'}`);
  switch (verb) {
    case 'pause':
      return { paused: true };
    case 'resume':
      if (rollout.spec?.paused !== true) throw refused(rollout, verb, 'it is not paused');
      return { paused: false };
    case 'promote':
      return promote(rollout, options);
    case 'abort':
      return { goal: 'Abort' };
    case 'rollback':
      return { goal: 'Rollback' };
    case 'retry':
      if (rollout.spec?.goal !== 'Abort')
        throw refused(rollout, verb, 'it was not aborted; zones try a failed cluster again by themselves');
      return { goal: 'Release', paused: false };
    case 'skip':
      return skip(rollout, options);
  }
}

/** The stage and gate that a rollout waits at. */
export function waitingGate({
  status,
}: Rollout): { readonly stage: string; readonly gate: 'before' | 'after' } | undefined {
  const waiting = status?.stages?.find(({ state, gate }) => state === 'Waiting' && gate !== undefined);
  return waiting?.gate === undefined ? undefined : { stage: waiting.name, gate: waiting.gate };
}

function promote(rollout: Rollout, { full }: VerbOptions): Steering {
  if (full === true) return { promoteFully: true, paused: false };
  const waiting = waitingGate(rollout);
  if (waiting === undefined) throw refused(rollout, 'promote', 'it waits at no gate');
  const gates = new Set([...(rollout.spec?.skippedGates ?? []), `${waiting.stage}/${waiting.gate}`]);
  return { skippedGates: [...gates] };
}

function skip(rollout: Rollout, { cluster }: VerbOptions): Steering {
  const known = rollout.status?.clusters?.map((progress) => progress.cluster) ?? [];
  if (cluster === undefined || !known.includes(cluster))
    throw refused(rollout, 'skip', `--cluster must name one of ${known.join(', ')}`);
  return { skippedClusters: [...new Set([...(rollout.spec?.skippedClusters ?? []), cluster])] };
}

function refused({ metadata }: Rollout, verb: RolloutVerb, why: string): FlotillaError {
  return new FlotillaError(`cannot ${verb} rollout ${metadata.namespace ?? 'default'}/${metadata.name}: ${why}`, {
    code: 'FLO3095',
    retry: 'after-change',
    hint: 'see flotilla rollout status',
  });
}
