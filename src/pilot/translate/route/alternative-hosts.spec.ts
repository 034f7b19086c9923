import { alternativeHosts } from './alternative-hosts';

describe('alternativeHosts', () => {
  it.each([
    ['cart.shop.svc.cluster.local', 'shop.svc.cluster.local', ['cart', 'cart.shop.svc', 'cart.shop']],
    ['cart.shop.svc.cluster.local', 'web.svc.cluster.local', ['cart.shop', 'cart.shop.svc']],
    ['cart.shop.svc.cluster.local', 'shop.svc.other.domain', []],
    ['svc.cluster.local', 'shop.svc.cluster.local', []],
    ['cart.example.com', 'shop.svc.cluster.local', []],
    ['cart.example.com', 'web.example.com', ['cart']],
    ['a.cart.example.com', 'example.com', ['a.cart', 'a.cart.example']],
    ['cart.example.com', '', []],
    ['example.com', 'example.com', []],
  ])('%s seen from %s', (hostname, domain, expected) => {
    expect(alternativeHosts(hostname, domain)).toEqual(expected);
  });
});
