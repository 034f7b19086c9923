import type { ContractWorld } from './contract-world';

/** Create, read, update, delete, and what each is refused for. */
export function objectsContract(world: () => ContractWorld): void {
  it('creates an object and gives it an identity', async () => {
    const { client, widgets, widget } = bind(world());
    const { status, json } = await client.post(widgets(), widget('identity', { text: 'a' }));
    expect(status).toBe(201);
    expect(json).toMatchObject({
      kind: 'Widget',
      metadata: { name: 'identity', namespace: world().namespace, generation: 1 },
    });
    expect(json.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(json.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Number(json.metadata.resourceVersion)).toBeGreaterThan(0);
    expect((await client.get(widgets('identity'))).json).toEqual(json);
  });

  it('serves every version of a kind, with the same objects', async () => {
    const { client, widgets } = bind(world());
    await world().stored('versions', { size: 'large' });
    const { json } = await client.get(widgets('versions', 'v1beta1'));
    expect(json).toMatchObject({ apiVersion: 'contract.example.com/v1beta1', spec: { size: 'large' } });
    const changed = await client.patch(widgets('versions', 'v1beta1'), 'merge', { spec: { size: 'small' } });
    expect(changed.json.apiVersion).toBe('contract.example.com/v1beta1');
    expect((await client.get(widgets('versions'))).json).toMatchObject({
      apiVersion: 'contract.example.com/v1',
      spec: { size: 'small' },
    });
  });

  it('makes names from generateName', async () => {
    const { client, core } = bind(world());
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'made-' } };
    const names = await Promise.all(
      [1, 2, 3].map(async () => (await client.post(core('configmaps'), body)).json.metadata.name),
    );
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^made-[a-z0-9]{5}$/);
  });

  it('refuses a second object of a name', async () => {
    const { client, widgets, widget } = bind(world());
    await world().stored('twice');
    const { status, json } = await client.post(widgets(), widget('twice'));
    expect(status).toBe(409);
    expect(json).toMatchObject({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'AlreadyExists',
      code: 409,
      message: 'widgets.contract.example.com "twice" already exists',
      details: { name: 'twice', group: 'contract.example.com', kind: 'widgets' },
    });
  });

  it('says what is not there', async () => {
    const { client, widgets, widget, core } = bind(world());
    const { status, json } = await client.get(widgets('absent'));
    expect(status).toBe(404);
    expect(json).toMatchObject({
      reason: 'NotFound',
      message: 'widgets.contract.example.com "absent" not found',
      details: { name: 'absent', group: 'contract.example.com', kind: 'widgets' },
    });
    expect((await client.put(widgets('absent'), widget('absent'))).status).toBe(404);
    expect((await client.delete(core('configmaps', 'absent'))).json.message).toBe('configmaps "absent" not found');
    const elsewhere = await client.post('/api/v1/namespaces/nowhere/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x' },
    });
    expect(elsewhere.json).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' });
  });

  it('refuses bodies that contradict their URL', async () => {
    const { client, widgets, widget, config } = bind(world());
    expect((await client.post(widgets(), config('kind'))).status).toBe(400);
    expect((await client.post(widgets(), widget('x', {}, { namespace: 'default' }))).status).toBe(400);
    await world().stored('named');
    expect((await client.put(widgets('named'), widget('other'))).status).toBe(400);
    expect((await client.post(widgets(), 'no json')).json).toMatchObject({
      kind: 'Status',
      code: 400,
      reason: 'BadRequest',
    });
    expect((await client.post(widgets(), widget('v'), { contentType: 'text/plain' })).status).toBe(415);
  });

  it('refuses names that are none', async () => {
    const { client, core, config } = bind(world());
    const { status, json } = await client.post(core('configmaps'), config('Not_A_Name'));
    expect(status).toBe(422);
    expect(json).toMatchObject({
      reason: 'Invalid',
      details: { kind: 'ConfigMap', causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] },
    });
    expect(json.message).toMatch(
      /^ConfigMap "Not_A_Name" is invalid: metadata.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain/,
    );
    const labelled = await client.post(core('configmaps'), config('labelled', {}, { labels: { 'not a key': 'x' } }));
    expect(labelled.json.details?.causes?.[0]).toMatchObject({ field: 'metadata.labels' });
  });

  it('replaces an object, but only the one that was read', async () => {
    const { client, widgets } = bind(world());
    const first = await world().stored('replaced', { text: 'a' });
    const second = await client.put(widgets('replaced'), { ...first, spec: { text: 'b' } });
    expect(second.status).toBe(200);
    expect(second.json).toMatchObject({ spec: { text: 'b' }, metadata: { generation: 2, uid: first.metadata.uid } });
    const stale = await client.put(widgets('replaced'), { ...first, spec: { text: 'c' } });
    expect(stale.json).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(stale.json.message).toContain(
      'the object has been modified; please apply your changes to the latest version and try again',
    );
    const foreign = {
      ...second.json,
      metadata: { ...second.json.metadata, uid: '00000000-0000-0000-0000-000000000000' },
    };
    expect((await client.put(widgets('replaced'), foreign)).status).toBe(409);
  });

  it('wants a resourceVersion to replace a custom object, and none for a built-in one', async () => {
    const { client, widgets, widget, core, config } = bind(world());
    await world().stored('unconditional');
    const custom = await client.put(widgets('unconditional'), widget('unconditional', { text: 'b' }));
    expect(custom.json).toMatchObject({ code: 422, details: { causes: [{ field: 'metadata.resourceVersion' }] } });
    await client.post(core('configmaps'), config('unconditional', { a: '1' }));
    expect(
      (await client.put(core('configmaps', 'unconditional'), config('unconditional', { a: '2' }))).json.data,
    ).toEqual({ a: '2' });
  });

  it('does nothing when nothing changes', async () => {
    const { client, widgets } = bind(world());
    const first = await world().stored('unchanged', { text: 'a' });
    const again = await client.put(widgets('unchanged'), first);
    expect(again.json.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    const patched = await client.patch(widgets('unchanged'), 'merge', { spec: { text: 'a' } });
    expect(patched.json.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('counts generations of the intent only', async () => {
    const { client, widgets } = bind(world());
    await world().stored('generations');
    const labelled = await client.patch(widgets('generations'), 'merge', { metadata: { labels: { a: 'b' } } });
    expect(labelled.json.metadata.generation).toBe(1);
    const reported = await client.patch(`${widgets('generations')}/status`, 'merge', { status: { note: 'x' } });
    expect(reported.json.metadata.generation).toBe(1);
    const changed = await client.patch(widgets('generations'), 'merge', { spec: { text: 'b' } });
    expect(changed.json.metadata.generation).toBe(2);
  });

  it('keeps status and the rest apart', async () => {
    const { client, widgets, widget } = bind(world());
    const { json: created } = await client.post(widgets(), {
      ...widget('apart', { text: 'a' }),
      status: { note: 'early' },
    });
    expect(created.status).toBeUndefined();
    const status = await client.put(`${widgets('apart')}/status`, {
      ...created,
      spec: { text: 'b' },
      status: { note: 'x' },
    });
    expect(status.json).toMatchObject({ spec: { text: 'a' }, status: { note: 'x' } });
    const main = await client.put(widgets('apart'), { ...status.json, spec: { text: 'c' }, status: { note: 'y' } });
    expect(main.json).toMatchObject({ spec: { text: 'c' }, status: { note: 'x' } });
    expect((await client.get(`${widgets('apart')}/status`)).json).toEqual(main.json);
  });

  it('scales', async () => {
    const { client, widgets } = bind(world());
    await world().stored('scaled', { replicas: 2 });
    await client.patch(`${widgets('scaled')}/status`, 'merge', { status: { replicas: 1, selector: 'app=scaled' } });
    const scale = await client.get(`${widgets('scaled')}/scale`);
    expect(scale.json).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'scaled' },
      spec: { replicas: 2 },
      status: { replicas: 1, selector: 'app=scaled' },
    });
    const updated = await client.put(`${widgets('scaled')}/scale`, { ...scale.json, spec: { replicas: 5 } });
    expect(updated.json.spec).toEqual({ replicas: 5 });
    await client.patch(`${widgets('scaled')}/scale`, 'merge', { spec: { replicas: 6 } });
    expect((await client.get(widgets('scaled'))).json.spec).toMatchObject({ replicas: 6 });
    expect((await client.put(`${widgets('scaled')}/scale`, { ...scale.json, spec: { replicas: 7 } })).status).toBe(409);
    expect((await client.patch(`${widgets('scaled')}/scale`, 'merge', { spec: { replicas: 99 } })).status).toBe(422);
  });

  it('deletes, with preconditions', async () => {
    const { client, widgets } = bind(world());
    const { metadata } = await world().stored('deleted');
    const wrong = await client.delete(widgets('deleted'), { preconditions: { uid: 'another' } });
    expect(wrong.json).toMatchObject({ code: 409, reason: 'Conflict' });
    const right = await client.delete(widgets('deleted'), { preconditions: { uid: metadata.uid } });
    expect(right.json).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'deleted', kind: 'widgets', uid: metadata.uid },
    });
    expect((await client.get(widgets('deleted'))).status).toBe(404);
  });

  it('waits for finalizers', async () => {
    const { client, widgets } = bind(world());
    await world().stored('held', {}, { finalizers: ['example.com/hold'] });
    const held = await client.delete(widgets('held'));
    expect(held.status).toBe(200);
    expect(held.json.metadata).toMatchObject({
      deletionGracePeriodSeconds: 0,
      finalizers: ['example.com/hold'],
      generation: 2,
    });
    expect(held.json.metadata.deletionTimestamp).toMatch(/Z$/);
    const more = await client.patch(widgets('held'), 'merge', {
      metadata: { finalizers: ['example.com/hold', 'example.com/more'] },
    });
    expect(more.status).toBe(422);
    expect(more.json.details?.causes?.[0]).toMatchObject({
      reason: 'FieldValueForbidden',
      field: 'metadata.finalizers',
    });
    await client.patch(widgets('held'), 'merge', { metadata: { finalizers: null } });
    expect((await client.get(widgets('held'))).status).toBe(404);
  });

  it('deletes collections by selector', async () => {
    const { client, core, config } = bind(world());
    for (const name of ['one', 'two', 'three']) {
      await client.post(
        core('configmaps'),
        config(`many-${name}`, {}, { labels: { many: name === 'three' ? 'kept' : 'gone' } }),
      );
    }
    expect((await client.delete(`${core('configmaps')}?labelSelector=many%3Dgone`)).status).toBe(200);
    const { json } = await client.get(`${core('configmaps')}?labelSelector=many`);
    expect(json.items?.map(({ metadata }) => metadata.name)).toEqual(['many-three']);
  });

  it('does everything for show with dryRun=All', async () => {
    const { client, widgets, widget } = bind(world());
    const created = await client.post(`${widgets()}?dryRun=All`, widget('dry', { text: 'a' }));
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ spec: { size: 'small', replicas: 1 }, metadata: { generation: 1 } });
    expect((await client.get(widgets('dry'))).status).toBe(404);
    const stored = await world().stored('dry', { text: 'a' });
    expect(
      (await client.patch(`${widgets('dry')}?dryRun=All`, 'merge', { spec: { text: 'b' } })).json.spec,
    ).toMatchObject({ text: 'b' });
    expect((await client.post(`${widgets()}?dryRun=All`, widget('dry'))).status).toBe(409);
    expect((await client.delete(`${widgets('dry')}?dryRun=All`)).status).toBe(200);
    expect((await client.get(widgets('dry'))).json).toEqual(stored);
    expect((await client.post(`${widgets()}?dryRun=Some`, widget('dry'))).status).toBe(422);
  });
}

/** The world's methods as plain functions. */
export function bind(world: ContractWorld): Pick<ContractWorld, 'client' | 'widgets' | 'widget' | 'core' | 'config'> {
  return {
    client: world.client,
    widgets: (name, version) => world.widgets(name, version),
    widget: (name, spec, metadata) => world.widget(name, spec, metadata),
    core: (plural, name) => world.core(plural, name),
    config: (name, data, metadata) => world.config(name, data, metadata),
  };
}
