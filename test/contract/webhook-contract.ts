import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';

const PATH = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

/** Match conditions of webhooks. Nobody listens where the webhooks point to, so that a write shows whether one was asked. */
export function webhookContract(world: () => ContractWorld): void {
  const webhook = (matchConditions: readonly object[], changes: object = {}): object => ({
    ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
    metadata: { name: 'conditions' },
    webhooks: [
      {
        ...{ name: 'conditions.example.com', sideEffects: 'None', admissionReviewVersions: ['v1'], timeoutSeconds: 1 },
        clientConfig: { url: 'https://127.0.0.1:1/' },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': world().namespace } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
        matchConditions,
        ...changes,
      },
    ],
  });
  const withConditions = async (
    conditions: readonly object[],
    changes: object,
    run: () => Promise<void>,
  ): Promise<void> => {
    expect((await world().client.post(PATH, webhook(conditions, changes))).status).toBe(201);
    try {
      await run();
    } finally {
      await world().client.delete(`${PATH}/conditions`);
    }
  };
  const create = async (name: string): Promise<number> => {
    const { client, core, config } = bind(world());
    const { status } = await client.post(core('configmaps'), config(name, { a: '1' }));
    if (status === 201) await client.delete(core('configmaps', name));
    return status;
  };
  const becomes = (name: string, status: number): Promise<void> =>
    world().eventually(async () => (await create(name)) === status);

  it('ask a webhook only about what all its conditions are true of', async () => {
    const conditions = [
      { name: 'asked', expression: "object.metadata.name.startsWith('asked-')" },
      { name: 'creates', expression: "request.operation == 'CREATE' && oldObject == null && object.data.a == '1'" },
    ];
    await withConditions(conditions, {}, async () => {
      await becomes('asked-one', 500);
      expect(await create('spared-one')).toBe(201);
    });
    await becomes('asked-one', 201);
  });

  it('leave what cannot be told to the failure policy', async () => {
    const faulty = [{ name: 'faulty', expression: 'object.data.nothing == "x"' }];
    await withConditions(faulty, {}, () => becomes('untold', 403));
    await becomes('untold', 201);
    await withConditions(faulty, { failurePolicy: 'Ignore' }, () => becomes('untold', 201));
    const spared = [...faulty, { name: 'never', expression: 'false' }];
    await withConditions(spared, {}, () => becomes('untold', 201));
  });

  it('are checked when they are written', async () => {
    const causes = async (conditions: readonly object[]): Promise<unknown> => {
      const { json } = await world().client.post(PATH, webhook(conditions));
      return [json.code, json.details?.causes?.map(({ field, reason }) => `${String(field)} ${reason}`)];
    };
    const field = 'webhooks[0].matchConditions';
    expect(await causes([{ name: 'a', expression: 'object.' }])).toEqual([
      ...[422, [`${field}[0].expression FieldValueInvalid`]],
    ]);
    expect(await causes([{ name: 'a', expression: '1 + 1' }])).toEqual([
      ...[422, [`${field}[0].expression FieldValueInvalid`]],
    ]);
    expect(await causes([{ name: 'a', expression: 'nobody.name == "x"' }])).toEqual([
      ...[422, [`${field}[0].expression FieldValueInvalid`]],
    ]);
    expect(await causes([{ name: 'a', expression: '' }])).toEqual([
      ...[422, [`${field}[0].expression FieldValueRequired`]],
    ]);
    expect(
      await causes([
        { name: 'a', expression: 'true' },
        { name: 'a', expression: 'true' },
      ]),
    ).toEqual([422, [`${field}[1].name FieldValueDuplicate`]]);
    expect(await causes([{ name: '', expression: 'true' }])).toEqual([422, [`${field}[0].name FieldValueRequired`]]);
  });
}
