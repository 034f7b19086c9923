import { foldFact, foldFacts, rememberedFacts, renderFacts } from './fold-facts';

describe('facts', () => {
  const known = { vip: '10.1.0.1', fqdn: 'a.example.com', observedAt: '2026-01-01T00:00:10Z' };

  it('keeps what a report does not mention', () => {
    expect(foldFact(known, { phase: 'Pending', observedAt: '2026-01-01T00:00:20Z' })).toEqual({
      ...known,
      observedAt: '2026-01-01T00:00:20Z',
    });
    expect(foldFact(known, undefined)).toEqual(known);
  });

  it('takes a new value, and never an older report', () => {
    expect(foldFact(known, { vip: '10.1.0.2', observedAt: '2026-01-01T00:00:20Z' }).vip).toBe('10.1.0.2');
    expect(foldFact(known, { vip: '10.1.0.2', observedAt: '2026-01-01T00:00:05Z' }).vip).toBe('10.1.0.1');
  });

  it('starts from what the hub wrote down and loses no cluster that is silent', () => {
    const remembered = rememberedFacts({ clusters: [{ cluster: 'a', zone: 'east/a', vip: '10.1.0.1' }] });
    const folded = foldFacts(remembered, new Map([['b', { vip: '10.2.0.1' }]]));
    expect(renderFacts(folded, { clusters: [] }).vips).toEqual({ a: '10.1.0.1', b: '10.2.0.1' });
  });

  it('takes what zones declare to serve and to send, when both can be read', () => {
    const ratesOf = (capacity: string) =>
      renderFacts(
        {},
        { clusters: [], declaredBy: { metadata: { name: 'checkout', annotations: annotated(capacity) } } },
      ).rates;
    const annotated = (capacity: string) => ({
      ...{ 'federation.flotilla.dev/capacity': capacity, 'federation.flotilla.dev/demand': '{"east/a": 5}' },
    });
    expect(ratesOf('{"east/a": 10}')).toEqual({ capacity: { 'east/a': 10 }, demand: { 'east/a': 5 } });
    expect(ratesOf('10')).toBeUndefined();
    expect(renderFacts({}, { clusters: [] })).not.toHaveProperty('rates');
  });
});
