import { expectSplitProven } from '../fleet/up-once';
import { realPart } from './real-parts';

it('proves the split by gRPC, and by Envoy over HTTP and over HTTPS with the certificate checked against the root', async () => {
  await expectSplitProven(realPart('envoy'), [
    ['grpc', 'grpc'],
    ['envoy', 'http'],
    ['envoy', 'https'],
  ]);
}, 120_000);
