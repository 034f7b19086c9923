import { formatLabelSelector } from './label-selector';

it.each([
  [{}, ''],
  [{ matchLabels: { mesh: 'prod', env: 'live' } }, 'env=live,mesh=prod'],
  [{ matchExpressions: [{ key: 'env', operator: 'In', values: ['live', 'test'] }] }, 'env in (live,test)'],
  [{ matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['test'] }] }, 'env notin (test)'],
  [{ matchLabels: { mesh: 'prod' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] }, 'mesh=prod,a'],
  [{ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, '!a'],
] as const)('%j is %p for the API server', (selector, text) => {
  const { matchLabels, matchExpressions } = selector as Parameters<typeof formatLabelSelector>[0];
  expect(
    formatLabelSelector({ ...(matchLabels ? { matchLabels } : {}), ...(matchExpressions ? { matchExpressions } : {}) }),
  ).toBe(text);
});
