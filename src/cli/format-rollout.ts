import type { Rollout } from '../federation/api';
import { plainStyle, type TerminalStyle } from './terminal-style';
import { waitingGate } from './rollout-verbs';

const SIGNS: Readonly<Record<string, string>> = {
  Done: '✔',
  Restored: '✔',
  Failed: '✖',
  Held: '?',
  Releasing: '◌',
  Removing: '◌',
  Waiting: '॥',
  Skipped: '-',
};

/** One rollout for people: its head, its stages, its clusters in order of release, and what can be done next. */
export function formatRollout(rollout: Rollout, style: TerminalStyle = plainStyle): string {
  const { spec, status } = rollout;
  const name = `${rollout.metadata.namespace ?? 'default'}/${spec?.owner.name ?? rollout.metadata.name}`;
  const stages = (status?.stages ?? []).map((stage) => row(stage.state, 'stage', stage.name, stage.message));
  const clusters = (status?.clusters ?? []).map(({ state, cluster, message }) => row(state, cluster, state, message));
  const lines = [
    `${style.strong(`Rollout ${name}`)}  revision ${spec?.number ?? 0}  ${status?.phase ?? 'Pending'}`,
    ...(status?.message === undefined ? [] : [`  ${status.message}`]),
    ...stages,
    ...clusters,
    `Next: ${nextVerbs(rollout)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function row(state: string, first: string, second: string, message: string | undefined): string {
  return `  ${SIGNS[state] ?? '·'} ${first}  ${second}${message === undefined ? '' : `  ${message}`}`;
}

function nextVerbs(rollout: Rollout): string {
  const { phase } = rollout.status ?? {};
  if (phase === 'Complete' || phase === 'RolledBack' || phase === 'Superseded') return 'nothing, it is over';
  if (phase === 'Aborted') return 'retry · rollback';
  const gate = waitingGate(rollout) === undefined ? [] : ['approve', 'reject', 'promote'];
  return [...gate, rollout.spec?.paused === true ? 'resume' : 'pause', 'abort', 'rollback', 'skip'].join(' · ');
}
