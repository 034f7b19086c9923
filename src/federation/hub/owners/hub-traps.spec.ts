import type { AccessPoint } from '../../../accesspoint';
import { TestFleet } from '../testing/test-fleet';

jest.setTimeout(90_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start();
});

afterAll(() => fleet.stop());

function linted({ status }: AccessPoint): { readonly status?: string; readonly message?: string } {
  return status?.conditions?.find(({ type }) => type === 'Linted') ?? {};
}

it('tells on the object what may bite, releases it all the same, and takes the word back when it is mended', async () => {
  await fleet.createAccessPoint('mirrored', {
    http: [{ mirror: { host: 'copy' }, route: [{ destination: {} }] }],
    overrides: [{ object: { kind: 'ServiceEntry' }, mergePatch: { spec: { exportTo: ['.'] } } }],
  });
  const bitten = await fleet.until('mirrored', (seen) => linted(seen).status === 'False');
  expect(linted(bitten).message).toMatch(/^spec\.http: .*a copy of every request.*\(FLO8529\)/);
  expect(linted(bitten).message).toMatch(/spec\.overrides\[0\]\.mergePatch\.spec\.exportTo: .*\(FLO8535\)/);
  await fleet.complete('mirrored');
  await fleet.editAccessPoint('mirrored', { http: null, overrides: null });
  await fleet.until('mirrored', (seen) => linted(seen).status === 'True');
});
