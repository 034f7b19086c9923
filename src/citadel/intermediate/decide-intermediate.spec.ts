import { createKey, createRoot, DAY_MS, fingerprintOf } from '../authority';
import { type TestAuthority, testAuthority, testIssuer } from '../testing/test-authority';
import { decideIntermediate, type IntermediateInput } from './decide-intermediate';
import { rootFingerprints } from './trust-bundle';

const nowMs = Date.UTC(2026, 5, 1);

describe('decideIntermediate', () => {
  let authority: TestAuthority;
  let input: IntermediateInput;

  beforeAll(async () => {
    authority = await testAuthority(nowMs);
    const record = { keyPem: authority.issuer.keyPem, requestPem: 'request' };
    input = { record, publishedRequest: 'request', offeredChain: undefined, nowMs };
  });

  it('makes a key first', () => {
    expect(decideIntermediate({ ...input, record: undefined })).toEqual({ makeKey: true });
  });

  it('publishes its request until that stands in the status, and says that it cannot issue yet', () => {
    const decision = decideIntermediate({ ...input, publishedRequest: 'of another key' });
    expect(decision).toMatchObject({ makeKey: false, publish: 'request', problem: { code: 'FLO5212' } });
    expect(decision.issuer).toBeUndefined();
    expect(decideIntermediate(input).publish).toBeUndefined();
  });

  it('takes and keeps the chain that the hub offers', () => {
    const { chainPem, keyPem } = authority.issuer;
    const decision = decideIntermediate({ ...input, offeredChain: chainPem });
    const { trustPem } = authority.issuer;
    expect(decision).toEqual({ makeKey: false, store: { chainPem, trustPem }, issuer: { keyPem, chainPem, trustPem } });
  });

  it('goes on with what it kept when the hub is gone', () => {
    const { chainPem, keyPem, trustPem } = authority.issuer;
    const decision = decideIntermediate({ ...input, record: { ...input.record!, chainPem, trustPem } });
    expect(decision).toEqual({ makeKey: false, issuer: { keyPem, chainPem, trustPem } });
  });

  it('does not write what it has already', () => {
    const { chainPem, trustPem } = authority.issuer;
    const record = { ...input.record!, chainPem, trustPem };
    const decision = decideIntermediate({ ...input, record, offeredChain: chainPem });
    expect(decision.store).toBeUndefined();
    expect(decision.problem).toBeUndefined();
  });

  it('refuses a chain for another key, and keeps the good one', async () => {
    const foreign = await testIssuer(authority.root, nowMs, await createKey('EcdsaP256'));
    const { chainPem, trustPem } = authority.issuer;
    const record = { ...input.record!, chainPem, trustPem };
    const decision = decideIntermediate({ ...input, record, offeredChain: foreign.chainPem });
    expect(decision.issuer?.chainPem).toBe(chainPem);
    expect(decision.store).toBeUndefined();
    expect(decision.problem).toMatchObject({ code: 'FLO5210', message: expect.stringContaining('another key') });
  });

  it('never goes back to an older chain', async () => {
    const renewed = await testIssuer(authority.root, nowMs + 200 * DAY_MS, authority.issuer.keyPem);
    const record = { ...input.record!, chainPem: renewed.chainPem };
    const late = { ...input, record, nowMs: nowMs + 201 * DAY_MS };
    const decision = decideIntermediate({ ...late, offeredChain: authority.issuer.chainPem });
    expect(decision.issuer?.chainPem).toBe(renewed.chainPem);
    expect(decision.store?.chainPem).toBeUndefined();
    const forward = decideIntermediate({
      ...late,
      record: { ...record, chainPem: authority.issuer.chainPem },
      offeredChain: renewed.chainPem,
    });
    expect(forward.store?.chainPem).toBe(renewed.chainPem);
  });

  it('stops issuing when its chain has expired', () => {
    const record = { ...input.record!, chainPem: authority.issuer.chainPem };
    const decision = decideIntermediate({ ...input, record, nowMs: nowMs + 366 * DAY_MS });
    expect(decision.issuer).toBeUndefined();
    expect(decision.problem).toMatchObject({ code: 'FLO5211', message: expect.stringContaining('expired') });
  });

  it('refuses what is no chain at all', () => {
    const decision = decideIntermediate({ ...input, offeredChain: 'nonsense' });
    expect(decision.problem).toMatchObject({ code: 'FLO5210' });
  });

  it('trusts what the hub wants trusted, keeps it without the hub, and never forgets its own root', async () => {
    const next = await createRoot({ trustDomain: 'prod.example.com', algorithm: 'EcdsaP256', lifetimeDays: 9, nowMs });
    const { chainPem, trustPem: ownRoot } = authority.issuer;
    const record = { ...input.record!, chainPem, trustPem: ownRoot };
    const both = [ownRoot, next.certificatePem];
    const decision = decideIntermediate({ ...input, record, offeredTrust: both.join('') });
    expect(rootFingerprints(decision.issuer!.trustPem)).toEqual(both.map(fingerprintOf).sort());
    expect(decision.store).toEqual({ trustPem: decision.issuer!.trustPem });
    const kept = decideIntermediate({ ...input, record: { ...record, ...decision.store } });
    expect(kept.issuer!.trustPem).toBe(decision.issuer!.trustPem);
    const foreign = decideIntermediate({ ...input, record, offeredTrust: next.certificatePem });
    expect(rootFingerprints(foreign.issuer!.trustPem)).toContain(fingerprintOf(ownRoot));
  });

  it('does not take roots that are none', () => {
    const { chainPem, trustPem } = authority.issuer;
    const record = { ...input.record!, chainPem, trustPem };
    const decision = decideIntermediate({ ...input, record, offeredTrust: chainPem });
    expect(decision.issuer!.trustPem).toBe(trustPem);
    expect(decision.problem).toMatchObject({ code: 'FLO5213' });
  });
});
