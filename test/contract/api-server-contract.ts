import { accessContract } from './access-contract';
import { applyContract } from './apply-contract';
import { builtInContract } from './built-in-contract';
import { ContractWorld } from './contract-world';
import { definitionContract } from './definition-contract';
import { discoveryContract } from './discovery-contract';
import { evictionContract } from './eviction-contract';
import { lifecycleContract } from './lifecycle-contract';
import { listContract } from './list-contract';
import { objectsContract } from './objects-contract';
import { patchContract } from './patch-contract';
import { recordedContract } from './recorded-contract';
import { ruleCostContract } from './rule-cost-contract';
import { serviceContract } from './service-contract';
import { validationContract } from './validation-contract';
import { versionsContract } from './versions-contract';
import { watchContract } from './watch-contract';
import { webhookContract } from './webhook-contract';
import type { ContractServer } from './wire-client';

const SECTIONS: Readonly<Record<string, (world: () => ContractWorld) => void>> = {
  discovery: discoveryContract,
  definitions: definitionContract,
  objects: objectsContract,
  validation: validationContract,
  'costs of rules': ruleCostContract,
  patches: patchContract,
  'server-side apply': applyContract,
  'versions of a kind': versionsContract,
  lists: listContract,
  watches: watchContract,
  'built-in kinds': builtInContract,
  services: serviceContract,
  eviction: evictionContract,
  'life cycle': lifecycleContract,
  access: accessContract,
  'match conditions of webhooks': webhookContract,
};

/**
 * What makes a Kubernetes API server, tested over plain HTTP. The same suite runs against the embedded server and the real
 * kube-apiserver; where they differ, the embedded one is wrong, or docs/decisions/embedded-api-server.md says why.
 * @param connect starts a server with garbage collection, the namespace controller and RBAC
 */
export function apiServerContract(name: string, connect: () => Promise<ContractServer>): void {
  describe(`the API of ${name}`, () => {
    let server: ContractServer;
    let world: ContractWorld;

    beforeAll(async () => {
      server = await connect();
      world = new ContractWorld(server, `contract-${Date.now().toString(36)}`);
      await world.prepare();
    }, 120_000);

    afterAll(async () => {
      await world?.client.close();
      await server?.close();
    });

    for (const [section, define] of Object.entries(SECTIONS)) describe(section, () => define(() => world));
    describe('as recorded', () =>
      recordedContract(
        () => world,
        () => server,
      ));
  });
}
