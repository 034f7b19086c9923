import type { KubeObject } from '../../schema';
import { ageColumn, type Column, column, nameColumn, wideColumn } from './column';
import { timeSince } from './human-duration';
import { firstText, readField, readList, readNumber, readText } from './read-field';

/** What `kubectl get pods` sums up of a pod. */
interface PodSummary {
  readonly ready: string;
  readonly reason: string;
  readonly restarts: string;
}

/** Columns of a Pod. */
export const podColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (pod, nowMs) => summarize(pod, nowMs).ready),
  column('Status', (pod, nowMs) => summarize(pod, nowMs).reason),
  column('Restarts', (pod, nowMs) => summarize(pod, nowMs).restarts),
  ageColumn,
  wideColumn('IP', (pod) => firstText(readText(readList(pod.status, 'podIPs')[0], 'ip'), '<none>')),
  wideColumn('Node', (pod) => firstText(readText(pod.spec, 'nodeName'), '<none>')),
  wideColumn('Nominated Node', (pod) => firstText(readText(pod.status, 'nominatedNodeName'), '<none>')),
  wideColumn('Readiness Gates', readinessGates),
];

/** The conditions of a Pod's row: a pod that has ended is marked, so that clients may hide it. */
export function podRowConditions({ status }: KubeObject): readonly unknown[] | undefined {
  const phase = readText(status, 'phase');
  if (phase !== 'Succeeded' && phase !== 'Failed') return undefined;
  const message = phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.';
  return [{ type: 'Completed', status: 'True', reason: phase, message }];
}

/** Counts over the containers looked at so far. */
interface Tally {
  ready: number;
  restarts: number;
  lastRestart: string;
  reason: string;
}

function summarize(pod: KubeObject, nowMs: number): PodSummary {
  const sidecars = restartableNames(pod);
  const initialized = tallyInitContainers(pod, sidecars);
  const done = !initialized.initializing || hasCondition(pod, 'Initialized');
  const tally = done ? tallyContainers(pod, initialized) : initialized.all;
  const total = readList(pod.spec, 'containers').length + sidecars.size;
  const { restarts, lastRestart } = tally;
  const ago = restarts > 0 && lastRestart !== '' ? ` (${timeSince(lastRestart, nowMs)} ago)` : '';
  return { ready: `${tally.ready}/${total}`, reason: finalReason(pod, tally.reason), restarts: `${restarts}${ago}` };
}

function finalReason(pod: KubeObject, reason: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return reason;
  if (readText(pod.status, 'reason') === 'NodeLost') return 'Unknown';
  return ['Succeeded', 'Failed'].includes(readText(pod.status, 'phase')) ? reason : 'Terminating';
}

function startReason(pod: KubeObject): string {
  const gated = readList(pod.status, 'conditions').some(
    (condition) =>
      readText(condition, 'type') === 'PodScheduled' && readText(condition, 'reason') === 'SchedulingGated',
  );
  return gated ? 'SchedulingGated' : firstText(readText(pod.status, 'reason'), readText(pod.status, 'phase'));
}

/** Init containers that keep running beside the others. */
function restartableNames(pod: KubeObject): ReadonlySet<string> {
  const restartable = readList(pod.spec, 'initContainers').filter((one) => readText(one, 'restartPolicy') === 'Always');
  return new Set(restartable.map((one) => readText(one, 'name')));
}

interface InitTally {
  readonly all: Tally;
  readonly sidecars: Tally;
  readonly initializing: boolean;
}

function tallyInitContainers(pod: KubeObject, sidecarNames: ReadonlySet<string>): InitTally {
  const reason = startReason(pod);
  const all: Tally = { ready: 0, restarts: 0, lastRestart: '', reason };
  const sidecars: Tally = { ready: 0, restarts: 0, lastRestart: '', reason };
  const total = readList(pod.spec, 'initContainers').length;
  for (const [index, container] of readList(pod.status, 'initContainerStatuses').entries()) {
    const sidecar = sidecarNames.has(readText(container, 'name'));
    countRestarts(all, container);
    if (sidecar) countRestarts(sidecars, container);
    if (hasExited(container) && exitCode(container) === 0) continue;
    if (sidecar && readField(container, 'started') === true) {
      if (readField(container, 'ready') === true) all.ready += 1;
      continue;
    }
    all.reason = initReason(container, index, total);
    return { all, sidecars: { ...sidecars, ready: all.ready, reason: all.reason }, initializing: true };
  }
  return { all, sidecars: { ...sidecars, ready: all.ready }, initializing: false };
}

function initReason(container: unknown, index: number, total: number): string {
  if (hasExited(container)) return `Init:${exitReason(container)}`;
  const waiting = readText(container, 'state', 'waiting', 'reason');
  return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`;
}

function tallyContainers(pod: KubeObject, { sidecars }: InitTally): Tally {
  const tally: Tally = { ...sidecars };
  let running = false;
  let failure = '';
  for (const container of [...readList(pod.status, 'containerStatuses')].reverse()) {
    countRestarts(tally, container);
    const waiting = readText(container, 'state', 'waiting', 'reason');
    if (waiting !== '') tally.reason = waiting;
    else if (hasExited(container)) {
      tally.reason = exitReason(container);
      if (exitCode(container) !== 0) failure = tally.reason;
    } else if (readField(container, 'ready') === true && readField(container, 'state', 'running') !== undefined) {
      running = true;
      tally.ready += 1;
    }
  }
  if (tally.reason !== 'Completed') return tally;
  if (running && hasCondition(pod, 'Ready')) return { ...tally, reason: 'Running' };
  return { ...tally, reason: failure !== '' ? failure : running ? 'NotReady' : 'Completed' };
}

function countRestarts(tally: Tally, container: unknown): void {
  tally.restarts += readNumber(container, 'restartCount');
  const finished = readText(container, 'lastState', 'terminated', 'finishedAt');
  if (finished > tally.lastRestart) tally.lastRestart = finished;
}

function hasExited(container: unknown): boolean {
  return readField(container, 'state', 'terminated') !== undefined;
}

function exitCode(container: unknown): number {
  return readNumber(container, 'state', 'terminated', 'exitCode');
}

function exitReason(container: unknown): string {
  const reason = readText(container, 'state', 'terminated', 'reason');
  if (reason !== '') return reason;
  const signal = readNumber(container, 'state', 'terminated', 'signal');
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode(container)}`;
}

function hasCondition(pod: KubeObject, type: string): boolean {
  return readList(pod.status, 'conditions').some(
    (condition) => readText(condition, 'type') === type && readText(condition, 'status') === 'True',
  );
}

function readinessGates(pod: KubeObject): string {
  const gates = readList(pod.spec, 'readinessGates').map((gate) => readText(gate, 'conditionType'));
  if (gates.length === 0) return '<none>';
  return `${gates.filter((type) => hasCondition(pod, type)).length}/${gates.length}`;
}
