import { expectSplitProven } from '../fleet/up-once';

it('proves the split from each of three zones with 10,000 requests by gRPC, within a minute, and prints the report', async () => {
  await expectSplitProven(undefined, [['grpc', 'grpc']]);
}, 120_000);
