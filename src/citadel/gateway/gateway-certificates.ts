import type { Gateway, Secret } from '../../istio';
import type { MeshSpec } from '../../federation/api';
import { gatewayNamespaceOf } from '../../federation/api';
import { type Clock, FlotillaError, type Logger } from '../../kernel';
import { KubeApiError, type KubeClient } from '../../kube';
import { coreKinds } from '../../kube/schema';
import type { CitadelObserver } from '../metrics/citadel-observer';
import type { Issuer } from '../intermediate/decide-intermediate';
import { issueGatewayCertificate } from './issue-gateway-certificate';
import { type CertificateOrder, credentialNames, isOurs, planGatewayCertificates } from './plan-gateway-certificates';

const HOUR_MS = 60 * 60 * 1000;
const LONGEST_WAIT_MS = 10 * 60 * 1000;

/** What gateway certificates need. */
export interface GatewayCertificatesOptions {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'replace' | 'delete' | 'cluster'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mesh: string;
  readonly observer: CitadelObserver;
  /** The Gateways of this mesh, as last seen. */
  readonly gateways: () => readonly Gateway[];
  /** The Secrets that citadel made, as last seen. */
  readonly ownSecrets: () => readonly Secret[];
}

/** Keeps the certificate Secrets of a mesh's gateways: gather, plan, write. */
export class GatewayCertificates {
  constructor(private readonly options: GatewayCertificatesOptions) {}

  /**
   * Brings the Secrets up to date. One that cannot be written does not keep the others from it.
   * @returns when to look again, in milliseconds from now
   * @throws FlotillaError FLO5220 with all failures
   */
  async reconcile(spec: MeshSpec, issuer: Issuer): Promise<number> {
    const { clock, logger, gateways, mesh } = this.options;
    const namespace = gatewayNamespaceOf(spec);
    const nowMs = clock.nowMs();
    const secrets = await this.secretsOf(namespace);
    const plan = planGatewayCertificates({ gateways: gateways(), secrets, issuer, nowMs });
    for (const problem of plan.problems)
      logger.warn('gateway certificate withheld', { mesh, namespace, reason: problem });
    const failures: string[] = [];
    for (const order of plan.orders) {
      await this.collect(failures, () => this.write(order, namespace, spec, issuer));
    }
    for (const name of plan.unused) await this.collect(failures, () => this.remove(name, namespace, secrets));
    if (failures.length > 0) throw notWritten(failures);
    return Math.min(LONGEST_WAIT_MS, Math.max(0, (plan.nextDueMs ?? Infinity) - nowMs));
  }

  /** Our own Secrets from the cache, and whatever stands under a name that a Gateway wants, from the cluster. */
  private async secretsOf(namespace: string): Promise<readonly Secret[]> {
    const { client, gateways, ownSecrets } = this.options;
    const own = ownSecrets().filter(({ metadata }) => metadata.namespace === namespace);
    const known = new Set(own.map(({ metadata }) => metadata.name));
    const names = gateways().flatMap(({ spec }) => (spec?.servers ?? []).flatMap(credentialNames));
    const others = [...new Set(names)].filter((name) => !known.has(name));
    const found = await Promise.all(others.map((name) => client.get<Secret>(coreKinds.secret, name, namespace)));
    return [...own, ...found.filter((secret) => secret !== undefined)];
  }

  private async write(order: CertificateOrder, namespace: string, spec: MeshSpec, issuer: Issuer): Promise<void> {
    const { client, clock, logger, mesh } = this.options;
    const { algorithm, leafLifetimeHours } = spec.ca;
    const lifetimeMs = leafLifetimeHours * HOUR_MS;
    const secret = await issueGatewayCertificate({
      ...{ order, namespace, mesh, issuer, algorithm, lifetimeMs },
      nowMs: clock.nowMs(),
    });
    const current = await client.get<Secret>(coreKinds.secret, order.secretName, namespace);
    if (current === undefined) await client.create(coreKinds.secret, secret, { fieldManager: 'flotilla-citadel' });
    else await this.overwrite(current, secret);
    this.options.observer.issued('gateway');
    const hosts = order.dnsNames.join(',');
    logger.info('gateway certificate issued', { mesh, namespace, name: order.secretName, reason: order.reason, hosts });
  }

  /** With the version that was read: somebody who takes the Secret over in between is not overwritten. */
  private async overwrite(current: Secret, secret: Secret): Promise<void> {
    if (!isOurs(current)) return;
    const { resourceVersion } = current.metadata;
    const metadata = { ...secret.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
    await this.options.client.replace(coreKinds.secret, { ...secret, metadata }, { fieldManager: 'flotilla-citadel' });
  }

  private async remove(name: string, namespace: string, secrets: readonly Secret[]): Promise<void> {
    const { uid } = secrets.find(({ metadata }) => metadata.name === name)?.metadata ?? {};
    await this.options.client.delete(
      coreKinds.secret,
      name,
      namespace,
      uid === undefined ? {} : { preconditions: { uid } },
    );
    this.options.logger.info('unused gateway certificate removed', { mesh: this.options.mesh, namespace, name });
  }

  private async collect(failures: string[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (!(cause instanceof KubeApiError)) throw cause;
      failures.push(cause.message);
    }
  }
}

function notWritten(failures: readonly string[]): FlotillaError {
  return new FlotillaError(`gateway certificates could not be kept up to date: ${failures.join('; ')}`, {
    code: 'FLO5220',
    hint: 'give the zone the right to get, create, update and delete Secrets in the gateway namespace',
  });
}
