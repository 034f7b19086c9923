import { ManualClock, silentLogger } from '../../kernel';
import { KubeClient, type KubeClientOptions } from '../client/kube-client';
import { Informer, type InformerOptions } from '../informer/informer';
import { coreKinds, type KubeObject } from '../schema';
import { type Fault, faultsInTurn, type SeenRequest } from './fault';
import { ScriptedApiServer } from './scripted-api-server';

const { service } = coreKinds;

/** A scripted server with Services, a client and an informer on it, and a clock that stands still. */
export class InformerWorld {
  readonly clock = new ManualClock();
  readonly client: KubeClient;
  private started: Informer | undefined;

  private constructor(
    readonly server: ScriptedApiServer,
    options: KubeClientOptions,
  ) {
    this.client = new KubeClient(server.connection, { clock: this.clock, ...options });
  }

  static async open(options: KubeClientOptions = {}): Promise<InformerWorld> {
    return new InformerWorld(await ScriptedApiServer.start([service]), options);
  }

  get informer(): Informer {
    if (this.started === undefined) throw new Error('start the informer first');
    return this.started;
  }

  start(options: Partial<InformerOptions<KubeObject>> = {}): void {
    const { client, clock } = this;
    const given = { client, kind: service, clock, random: () => 0.5, logger: silentLogger, ...options };
    this.started = new Informer(given);
    this.started.start();
  }

  async close(): Promise<void> {
    await this.started?.stop();
    await this.client.close();
    await this.server.close();
  }

  put(name: string, fields: object = {}, namespace = 'shop'): void {
    this.server.put(service, { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace, ...fields } });
  }

  remove(name: string): void {
    this.server.remove(service, name, 'shop');
  }

  names(): string {
    const names = this.informer.list().map(({ metadata }) => metadata.name);
    return names.sort().join();
  }

  count(verb: SeenRequest['verb']): number {
    return this.server.requests.filter((request) => request.verb === verb).length;
  }

  /** Puts faults on the next lists and watches. */
  faults(...script: (Fault | undefined)[]): void {
    this.server.faults = faultsInTurn(['list', 'watch'], script);
  }
}
