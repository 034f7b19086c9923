import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';

const RBAC = 'rbac.authorization.k8s.io';

/** Who may do what: authentication, RBAC, reviews, tokens. */
export function accessContract(world: () => ContractWorld): void {
  const rbac = (plural: string, name?: string): string => {
    const collection = `/apis/${RBAC}/v1/namespaces/${world().namespace}/${plural}`;
    return name === undefined ? collection : `${collection}/${name}`;
  };
  const role = (name: string, rules: readonly object[]): object => ({
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata: { name },
    rules,
  });
  const binding = (name: string, roleName: string, subject: object): object => ({
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'Role', name: roleName },
    subjects: [subject],
  });
  const user = (name: string): object => ({ kind: 'User', name, apiGroup: RBAC });
  const as = (name: string): { headers: Record<string, string> } => ({ headers: { 'impersonate-user': name } });

  it('knows nobody without a token, and believes no wrong one', async () => {
    const { client } = world();
    expect((await client.get('/api/v1/namespaces', { token: '' })).json).toMatchObject({
      code: 403,
      reason: 'Forbidden',
    });
    expect((await client.get('/api/v1/namespaces', { token: '' })).json.message).toContain(
      'User "system:anonymous" cannot list resource "namespaces"',
    );
    expect((await client.get('/api/v1/namespaces', { token: 'wrong' })).json).toMatchObject({
      kind: 'Status',
      code: 401,
      reason: 'Unauthorized',
    });
    expect((await client.get('/version', { token: '' })).status).toBe(200);
  });

  it('takes whoever impersonates at his word: groups, standing, extra keys as they are escaped', async () => {
    const { client } = world();
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const whoAmI = async (headers: Record<string, string>): Promise<unknown> => {
      const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
      return (await client.post(path, review, { headers })).json.status.userInfo;
    };
    expect(await whoAmI({ 'impersonate-user': 'ann', 'impersonate-group': 'team' })).toMatchObject({
      username: 'ann',
      groups: ['team', 'system:authenticated'],
    });
    // What everybody proven may do, others may not.
    const unproven = { 'impersonate-user': 'ann', 'impersonate-group': 'system:unauthenticated' };
    for (const headers of [unproven, { 'impersonate-user': 'system:anonymous' }])
      expect(await whoAmI(headers)).toBeUndefined();
    const extra = { 'impersonate-extra-a%2Fb': 'x', 'impersonate-extra-50%': 'y' };
    expect(await whoAmI({ 'impersonate-user': 'ann', ...extra })).toMatchObject({
      extra: { 'a/b': ['x'], '50%': ['y'] },
    });
  });

  it('refuses a path that is not escaped properly', async () => {
    expect((await world().client.get('/api/v1/namespaces/%zz', { token: '' })).status).toBe(400);
  });

  it('grants what a role says and nothing else', async () => {
    const { client, core, config } = bind(world());
    await client.post(
      rbac('roles'),
      role('reader', [
        { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] },
        { apiGroups: [''], resources: ['secrets'], resourceNames: ['allowed'], verbs: ['get', 'list', 'watch'] },
      ]),
    );
    await client.post(rbac('rolebindings'), binding('reader', 'reader', user('ann')));
    await world().eventually(async () => (await client.get(core('configmaps'), as('ann'))).status === 200);
    const refused = await client.post(core('configmaps'), config('refused'), as('ann'));
    expect(refused.json).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: `configmaps is forbidden: User "ann" cannot create resource "configmaps" in API group "" in the namespace "${world().namespace}"`,
    });
    expect((await client.get('/api/v1/configmaps', as('ann'))).json.message).toContain('at the cluster scope');
    expect((await client.get('/api/v1/namespaces/default/configmaps', as('ann'))).status).toBe(403);
    expect((await client.get(core('secrets', 'allowed'), as('ann'))).status).toBe(404);
    expect((await client.get(core('secrets', 'other'), as('ann'))).status).toBe(403);
    const selected = async (selector: string): Promise<number> =>
      (await client.get(`${core('secrets')}?fieldSelector=${encodeURIComponent(selector)}`, as('ann'))).status;
    expect(await selected('metadata.name=allowed')).toBe(200);
    expect(await selected('type=Opaque,metadata.name=allowed')).toBe(200);
    expect(await selected('metadata.name=other')).toBe(403);
    expect(await selected('metadata.name!=allowed')).toBe(403);
    expect((await client.get(core('secrets'), as('ann'))).status).toBe(403);
    expect((await client.get(core('configmaps'), as('bob'))).status).toBe(403);
  });

  it('reviews access, one own and that of others', async () => {
    const { client } = world();
    await client.post(
      rbac('roles'),
      role('watcher', [{ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['update'] }]),
    );
    await client.post(
      rbac('rolebindings'),
      binding('watcher', 'watcher', { kind: 'Group', name: 'ops', apiGroup: RBAC }),
    );
    const attributes = {
      namespace: world().namespace,
      verb: 'update',
      group: 'apps',
      resource: 'deployments',
      subresource: 'scale',
    };
    const review = (kind: string, spec: object): object => ({
      apiVersion: 'authorization.k8s.io/v1',
      kind,
      metadata: {},
      spec,
    });
    const path = '/apis/authorization.k8s.io/v1';
    const others = async (groups: readonly string[]): Promise<unknown> => {
      const body = review('SubjectAccessReview', { user: 'eve', groups, resourceAttributes: attributes });
      return (await client.post(`${path}/subjectaccessreviews`, body)).json.status.allowed;
    };
    await world().eventually(async () => (await others(['ops'])) === true);
    expect(await others(['others'])).toBe(false);
    const own = await client.post(
      `${path}/selfsubjectaccessreviews`,
      review('SelfSubjectAccessReview', { resourceAttributes: attributes }),
    );
    expect(own.status).toBe(201);
    expect(own.json.status).toMatchObject({ allowed: true });
    const path404 = await client.post(
      `${path}/selfsubjectaccessreviews`,
      review('SelfSubjectAccessReview', { nonResourceAttributes: { path: '/x', verb: 'get' } }),
      as('eve'),
    );
    expect(path404.json.status).toMatchObject({ allowed: false });
    const rules = await client.post(
      `${path}/selfsubjectrulesreviews`,
      review('SelfSubjectRulesReview', { namespace: world().namespace }),
    );
    expect(JSON.stringify(rules.json.status)).toContain('"*"');
    const self = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const whoami = await client.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', self, as('ann'));
    expect(whoami.json.status).toMatchObject({ userInfo: { username: 'ann', groups: ['system:authenticated'] } });
  });

  it('lets nobody grant more than they have', async () => {
    const { client } = world();
    await client.post(
      rbac('roles'),
      role('granter', [
        { apiGroups: [RBAC], resources: ['roles', 'rolebindings'], verbs: ['create', 'update'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      ]),
    );
    await client.post(rbac('rolebindings'), binding('granter', 'granter', user('grant')));
    const mine = role('mine', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
    await world().eventually(async () =>
      [201, 409].includes((await client.post(rbac('roles'), mine, as('grant'))).status),
    );
    const more = await client.post(
      rbac('roles'),
      role('more', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]),
      as('grant'),
    );
    expect(more.json).toMatchObject({ code: 403 });
    expect(more.json.message).toContain('is attempting to grant RBAC permissions not currently held');
  });

  it('issues service account tokens that open and close with the account', async () => {
    const { client, core } = bind(world());
    await client.post(core('serviceaccounts'), {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'robot' },
    });
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
    const issued = await client.post(`${core('serviceaccounts', 'robot')}/token`, request);
    expect(issued.status).toBe(201);
    const token = String(issued.json.status.token);
    const name = `system:serviceaccount:${world().namespace}:robot`;
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
    const reviewed = await client.post('/apis/authentication.k8s.io/v1/tokenreviews', review);
    expect(reviewed.json.status).toMatchObject({ authenticated: true, user: { username: name } });
    expect((reviewed.json.status.user as { groups: string[] }).groups).toEqual(
      expect.arrayContaining([
        'system:serviceaccounts',
        `system:serviceaccounts:${world().namespace}`,
        'system:authenticated',
      ]),
    );
    expect((await client.get(core('pods'), { token })).json.message).toContain(
      `User "${name}" cannot list resource "pods"`,
    );
    const wrong = { ...review, spec: { token: `${token}x` } };
    expect((await client.post('/apis/authentication.k8s.io/v1/tokenreviews', wrong)).json.status).not.toMatchObject({
      authenticated: true,
    });
    await client.delete(core('serviceaccounts', 'robot'));
    await world().eventually(async () => (await client.get(core('pods'), { token })).status === 401);
  });

  it('issues tokens for audiences and bound to Pods, verifiable by its published keys', async () => {
    const { client, core } = bind(world());
    await client.post(core('serviceaccounts'), {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'bound' },
    });
    const spec = { audiences: ['istio-ca'], expirationSeconds: 600 };
    const { json } = await client.post(`${core('serviceaccounts', 'bound')}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec,
    });
    const [header = '', payload = ''] = String(json.status.token).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({
      aud: ['istio-ca'],
      sub: `system:serviceaccount:${world().namespace}:bound`,
      'kubernetes.io': { namespace: world().namespace, serviceaccount: { name: 'bound' } },
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(600);
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const { json: keys } = await client.get('/openid/v1/jwks', { accept: '*/*' });
    expect((keys as unknown as { keys: { kid: string }[] }).keys.map((key) => key.kid)).toContain(kid);
    const { json: issuer } = await client.get('/.well-known/openid-configuration');
    expect(issuer).toMatchObject({
      issuer: claims.iss,
      jwks_uri: expect.stringContaining('/openid/v1/jwks') as string,
    });
    const short = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 10 } };
    expect((await client.post(`${core('serviceaccounts', 'bound')}/token`, short)).status).toBeGreaterThanOrEqual(400);
  });
}
