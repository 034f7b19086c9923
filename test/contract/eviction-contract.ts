import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';

/** The eviction subresource of Pods. */
export function evictionContract(world: () => ContractWorld): void {
  it('evicts Pods as far as their disruption budget allows', async () => {
    const { client, core } = bind(world());
    const budgets = `/apis/policy/v1/namespaces/${world().namespace}/poddisruptionbudgets`;
    const labels = { app: 'evicted' };
    const running = async (name: string, ready: 'True' | 'False'): Promise<void> => {
      const spec = { containers: [{ name: 'c', image: 'i:1' }] };
      await client.post(core('pods'), { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec });
      await client.patch(`${core('pods', name)}/status`, 'merge', {
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
      });
    };
    const evict = async (name: string): Promise<unknown[]> => {
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
      const { status, json } = await client.post(`${core('pods', name)}/eviction`, eviction);
      return [status, json.status, json.reason, json.details?.causes?.[0]?.message];
    };
    const spec = { minAvailable: 1, selector: { matchLabels: labels } };
    await client.post(budgets, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b' }, spec });
    await running('first', 'True');
    await running('unready', 'False');
    const processing = 'The disruption budget b is still being processed by the server.';
    expect(await evict('first')).toEqual([429, 'Failure', 'TooManyRequests', processing]);
    const counts = { expectedPods: 1, desiredHealthy: 1, currentHealthy: 1, observedGeneration: 1 };
    await client.patch(`${budgets}/b/status`, 'merge', { status: { ...counts, disruptionsAllowed: 0 } });
    const needed = 'The disruption budget b needs 1 healthy pods and has 1 currently';
    expect(await evict('first')).toEqual([429, 'Failure', 'TooManyRequests', needed]);
    // What is not ready anyway may go while enough others are healthy.
    expect(await evict('unready')).toEqual([201, 'Success', undefined, undefined]);
    await client.patch(`${budgets}/b/status`, 'merge', { status: { disruptionsAllowed: 1 } });
    expect(await evict('first')).toEqual([201, 'Success', undefined, undefined]);
    expect((await client.get(core('pods', 'first'))).status).toBe(404);
    const { json: budget } = await client.get(`${budgets}/b`);
    expect(budget.status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { first: expect.any(String) as string },
    });
    expect((await evict('nobody'))[0]).toBe(404);
    await client.delete(`${budgets}/b`);
  });
}
