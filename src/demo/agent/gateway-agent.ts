import { readFileSync } from 'node:fs';
import { type Clock, type Logger, pause, toFlotillaError } from '../../kernel';
import { KubeClient, parseKubeconfig } from '../../kube';
import type { FleetPlan, FleetZone } from '../plan/fleet-plan';
import { requestCertificate } from './request-certificate';
import { SecretServer } from './secret-server';
import { workloadSecrets } from './workload-secrets';

const RETRY_MS = 500;
/** Renews when half of the remaining life is over, as Istio's agent does. */
const RENEW_AT = 0.5;

/** What the agent of one gateway needs. */
export interface GatewayAgentOptions {
  readonly plan: FleetPlan;
  readonly zone: FleetZone;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The agent beside a zone's gateway: gets its workload certificate, serves it to Envoy, renews it in time. */
export class GatewayAgent {
  private readonly client: KubeClient;
  private readonly secrets: SecretServer;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: GatewayAgentOptions) {
    const { zone, clock } = options;
    this.client = new KubeClient(parseKubeconfig(readFileSync(zone.gatewayKubeconfig, 'utf8')), { clock });
    this.secrets = new SecretServer(zone.agentSocket);
  }

  /** Resolves when Envoy can ask; the certificate comes when the zone can issue it. */
  async start(): Promise<void> {
    await this.secrets.listen();
    this.running = this.keepCertificate();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.secrets.stop();
    await this.client.close();
    await this.running;
  }

  private async keepCertificate(): Promise<void> {
    const { clock } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) await pause(clock, await this.renew(), signal);
  }

  /** How long to wait before the next try. */
  private async renew(): Promise<number> {
    const { plan, zone, clock, logger } = this.options;
    try {
      const certificate = await requestCertificate(this.client, plan, zone);
      this.secrets.update(workloadSecrets(certificate));
      logger.info('gateway has its certificate', { notAfterMs: certificate.notAfterMs });
      return Math.max(RETRY_MS, (certificate.notAfterMs - clock.nowMs()) * RENEW_AT);
    } catch (cause) {
      const { code, message } = toFlotillaError(cause);
      logger.debug('no certificate yet', { code, reason: message });
      return RETRY_MS;
    }
  }
}
