import { uncoveredRules } from './covers';
import { type PolicyRule, type ResourceAccess, ruleAllows, subjectMatches } from './policy';

const pods: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] };

const access = (changes: Partial<ResourceAccess> = {}): ResourceAccess => ({
  kind: 'resource',
  verb: 'get',
  group: '',
  resource: 'pods',
  subresource: '',
  namespace: 'shop',
  name: 'a',
  ...changes,
});

describe('a policy rule', () => {
  it.each<[string, PolicyRule, Partial<ResourceAccess>, boolean]>([
    ['its verbs', pods, {}, true],
    ['no other verb', pods, { verb: 'delete' }, false],
    ['no other group', pods, { group: 'apps' }, false],
    ['no subresource', pods, { subresource: 'status' }, false],
    ['a named subresource', { ...pods, resources: ['pods/status'] }, { subresource: 'status' }, true],
    ['a subresource of all', { ...pods, resources: ['*/status'] }, { subresource: 'status' }, true],
    ['its names only', { ...pods, resourceNames: ['b'] }, {}, false],
    ['no list when it names objects', { ...pods, resourceNames: ['a'] }, { verb: 'list', name: '' }, false],
    [
      'everything by stars',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verb: 'x', group: 'y', subresource: 'z' },
      true,
    ],
  ])('allows %s', (_what, rule, changes, expected) => {
    expect(ruleAllows(rule, access(changes))).toBe(expected);
  });

  it('allows paths by prefix', () => {
    const rule: PolicyRule = { verbs: ['get'], nonResourceURLs: ['/healthz', '/apis/*'] };
    const path = (value: string): boolean => ruleAllows(rule, { kind: 'path', verb: 'get', path: value });
    expect(['/healthz', '/apis/apps', '/healthz/x', '/other'].map(path)).toEqual([true, true, false, false]);
  });

  it('matches subjects by kind', () => {
    const user = { name: 'system:serviceaccount:shop:robot', groups: ['ops'] };
    expect(subjectMatches({ kind: 'ServiceAccount', name: 'robot' }, user, 'shop')).toBe(true);
    expect(subjectMatches({ kind: 'ServiceAccount', name: 'robot', namespace: 'other' }, user, 'shop')).toBe(false);
    expect(subjectMatches({ kind: 'Group', name: 'ops' }, user, 'shop')).toBe(true);
    expect(subjectMatches({ kind: 'User', name: 'ops' }, user, 'shop')).toBe(false);
  });
});

describe('what a role would add to what somebody has', () => {
  it('is nothing when it is less', () => {
    expect(uncoveredRules([pods], [{ ...pods, verbs: ['get'] }])).toEqual([]);
    expect(uncoveredRules([pods], [{ ...pods, resourceNames: ['a'] }])).toEqual([]);
    expect(uncoveredRules([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], [pods])).toEqual([]);
  });

  it('is named verb by verb', () => {
    expect(uncoveredRules([pods], [{ ...pods, verbs: ['get', 'delete'], resources: ['pods', 'secrets'] }])).toEqual([
      { verbs: ['get'], apiGroups: [''], resources: ['secrets'] },
      { verbs: ['delete'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['delete'], apiGroups: [''], resources: ['secrets'] },
    ]);
    expect(uncoveredRules([{ ...pods, resourceNames: ['a'] }], [pods])).toHaveLength(2);
    expect(uncoveredRules([pods], [{ verbs: ['*'], apiGroups: [''], resources: ['pods'] }])).toHaveLength(1);
  });
});
