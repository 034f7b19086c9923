import { type RolloutApproval, rolloutApprovalKind } from '../federation/api';
import { digestOf, FlotillaError, formatTime, kubernetesName, systemClock } from '../kernel';
import type { KubeClient } from '../kube';
import { apiVersionOfKind, type KubeObject, type ResourceKind } from '../kube/schema';
import { findRollout } from './find-rollout';
import { openHub } from './hub-client';
import { waitingGate } from './rollout-verbs';
import { readSavedPlan } from './saved-plan';

/** Options of `flotilla approve` and `flotilla reject`. */
export interface GateOptions {
  readonly arguments: readonly string[];
  readonly kubeconfig?: string;
  readonly reason?: string;
  /** A saved plan that was looked at: its digest is written down. */
  readonly plan?: string;
}

const selfSubjectReview: ResourceKind = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
};

/**
 * Writes a person's word at the gate that a rollout waits at, under the name that the hub's API server knows the person by.
 * @throws FlotillaError FLO3096 without a rollout, FLO3098 when it waits at no gate, and what the hub's API server answers
 */
export async function decideGate(decision: 'Approve' | 'Reject', options: GateOptions): Promise<void> {
  const client = await openHub(options.kubeconfig);
  try {
    const approval = await approvalOf(client, decision, options);
    await client.create(rolloutApprovalKind, approval);
    const { namespace, name } = approval.metadata;
    process.stdout.write(
      `hub  RolloutApproval ${namespace ?? ''}/${name}  ${decision} by ${approval.spec?.approver ?? ''}\n`,
    );
  } finally {
    await client.close();
  }
}

async function approvalOf(
  client: KubeClient,
  decision: 'Approve' | 'Reject',
  { arguments: [target = ''], reason, plan }: GateOptions,
): Promise<RolloutApproval> {
  const rollout = await findRollout(client, target);
  const waiting = waitingGate(rollout);
  if (waiting === undefined) throw waitsNowhere(target);
  const approver = await whoAmI(client);
  const word = {
    rollout: rollout.metadata.name,
    ...waiting,
    revision: rollout.spec?.revision ?? '',
    decision,
    approver,
  };
  const planDigest = plan === undefined ? undefined : (await readSavedPlan(plan)).plan.digest;
  const moment = digestOf([word, formatTime(systemClock.nowMs())]).slice(0, 8);
  return {
    apiVersion: apiVersionOfKind(rolloutApprovalKind),
    kind: rolloutApprovalKind.kind,
    metadata: {
      name: kubernetesName(`${rollout.metadata.name}-${waiting.stage}-${waiting.gate}-${moment}`),
      namespace: rollout.metadata.namespace ?? 'default',
    },
    spec: {
      ...word,
      ...(reason === undefined ? {} : { reason }),
      ...(planDigest === undefined ? {} : { planDigest }),
    },
  };
}

async function whoAmI(client: KubeClient): Promise<string> {
  const { group, version, kind } = selfSubjectReview;
  const review: KubeObject = { apiVersion: `${group}/${version}`, kind, metadata: { name: '' } };
  const { status } = await client.create(selfSubjectReview, review);
  const { userInfo } = (status ?? {}) as { readonly userInfo?: { readonly username?: string } };
  return userInfo?.username ?? 'unknown';
}

function waitsNowhere(target: string): FlotillaError {
  return new FlotillaError(`the rollout of ${target} waits at no gate`, {
    code: 'FLO3098',
    retry: 'after-change',
    hint: 'see flotilla rollout status',
  });
}
