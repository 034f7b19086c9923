import type { TrafficPolicy } from '../../istio';
import type { MergedDestinationRule } from '../model';
import { policyFor } from './traffic-policy';

function rule(trafficPolicy: TrafficPolicy): MergedDestinationRule {
  return {
    object: { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: { name: 'cart' } },
    host: 'cart.example.com',
    visibility: 'everywhere',
    trafficPolicy,
    subsets: [],
    handsOver: false,
  };
}

const whole: TrafficPolicy = {
  outlierDetection: { consecutive5xxErrors: 5 },
  loadBalancer: { simple: 'ROUND_ROBIN' },
  portLevelSettings: [{ port: { number: 443 }, loadBalancer: { simple: 'RANDOM' } }],
};

describe('policyFor', () => {
  it('is empty without a rule', () => {
    expect(policyFor(undefined, 80)).toEqual({});
  });

  it('replaces all four parts for a port with settings of its own', () => {
    const { loadBalancer, outlierDetection } = policyFor(rule(whole), 443);
    expect(loadBalancer).toEqual({ simple: 'RANDOM' });
    expect(outlierDetection).toBeUndefined();
  });

  it('leaves other ports as they are', () => {
    expect(policyFor(rule(whole), 80)).toEqual({
      outlierDetection: { consecutive5xxErrors: 5 },
      loadBalancer: { simple: 'ROUND_ROBIN' },
    });
  });

  it('lets a subset replace parts of its host', () => {
    const subset = { name: 'v1', trafficPolicy: { loadBalancer: { simple: 'LEAST_REQUEST' as const } } };
    expect(policyFor(rule(whole), 80, subset)).toEqual({
      outlierDetection: { consecutive5xxErrors: 5 },
      loadBalancer: { simple: 'LEAST_REQUEST' },
    });
    expect(policyFor(rule(whole), 80, { name: 'v2' })).toEqual(policyFor(rule(whole), 80));
  });
});
