import type { AddressPool } from '../api';
import { addressesOf } from './pool-claims';

const allocation = (zone: string, address: string, owner = 'AccessPoint/shop/checkout') => ({ zone, address, owner });

function pool(...allocations: ReturnType<typeof allocation>[]): AddressPool {
  return {
    apiVersion: 'federation.flotilla.dev/v1alpha1',
    kind: 'AddressPool',
    metadata: { name: 'public' },
    status: { allocations },
  };
}

describe('addressesOf', () => {
  it('gathers what one access point was given from every pool, IPv4 first', () => {
    const pools = [
      pool(allocation('east/east-1', '2001:db8::1'), allocation('east/east-1', '192.0.2.9', 'AccessPoint/shop/cart')),
      pool(allocation('east/east-1', '192.0.2.1'), allocation('west/west-1', '192.0.2.2')),
    ];
    expect(addressesOf('AccessPoint/shop/checkout', pools)).toEqual({
      'east/east-1': ['192.0.2.1', '2001:db8::1'],
      'west/west-1': ['192.0.2.2'],
    });
  });

  it('takes zones of any name', () => {
    const found = addressesOf('AccessPoint/shop/checkout', [pool(allocation('constructor', '192.0.2.1'))]);
    expect(found).toEqual({ constructor: ['192.0.2.1'] });
  });
});
