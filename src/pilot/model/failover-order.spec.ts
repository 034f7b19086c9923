import type { DestinationRule } from '../../istio';
import { failoverOrderOf, findFailoverOrder } from './failover-order';

function rule(order?: string): DestinationRule {
  const annotations = order === undefined ? {} : { 'federation.flotilla.dev/failover-order': order };
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'cart', namespace: 'shop', annotations },
    spec: { host: 'cart.example.com' },
  };
}

describe('the failover order of a DestinationRule', () => {
  it('is read', () => {
    const written = rule('{"east/east-1": ["east/east-2", "west/west-1"]}');
    expect(failoverOrderOf(written)).toEqual({ 'east/east-1': ['east/east-2', 'west/west-1'] });
    expect(findFailoverOrder(written)).toEqual([]);
  });

  it('is none without the annotation', () => {
    expect(failoverOrderOf(rule())).toBeUndefined();
    expect(findFailoverOrder(rule())).toEqual([]);
  });

  it.each(['', 'east', '[]', '{"east/east-1": "east/east-2"}', '{"a": [1]}'])('cannot be %j', (text) => {
    expect(failoverOrderOf(rule(text))).toBeUndefined();
    expect(findFailoverOrder(rule(text)).map(({ code }) => code)).toEqual(['FLO4003']);
  });
});
