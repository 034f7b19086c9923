import { createKey, DAY_MS } from '../authority';
import { type TestAuthority, testAuthority, testSigner } from '../testing/signer';
import { decideIntermediate, type IntermediateInput } from './decide-intermediate';

const nowMs = Date.UTC(2026, 5, 1);

describe('decideIntermediate', () => {
  let authority: TestAuthority;
  let input: IntermediateInput;

  beforeAll(async () => {
    authority = await testAuthority(nowMs);
    const record = { keyPem: authority.signer.keyPem, requestPem: 'request' };
    input = { record, publishedRequest: 'request', offeredChain: undefined, nowMs };
  });

  it('makes a key first', () => {
    expect(decideIntermediate({ ...input, record: undefined })).toEqual({ makeKey: true });
  });

  it('publishes its request until that stands in the status, and says that it cannot issue yet', () => {
    const decision = decideIntermediate({ ...input, publishedRequest: 'of another key' });
    expect(decision).toMatchObject({ makeKey: false, publish: 'request', problem: { code: 'FLO5212' } });
    expect(decision.signer).toBeUndefined();
    expect(decideIntermediate(input).publish).toBeUndefined();
  });

  it('takes and keeps the chain that the hub offers', () => {
    const { chainPem, keyPem } = authority.signer;
    const decision = decideIntermediate({ ...input, offeredChain: chainPem });
    expect(decision).toEqual({ makeKey: false, store: chainPem, signer: { keyPem, chainPem } });
  });

  it('goes on with what it kept when the hub is gone', () => {
    const { chainPem, keyPem } = authority.signer;
    const decision = decideIntermediate({ ...input, record: { ...input.record!, chainPem } });
    expect(decision).toEqual({ makeKey: false, signer: { keyPem, chainPem } });
  });

  it('does not write what it has already', () => {
    const { chainPem } = authority.signer;
    const decision = decideIntermediate({ ...input, record: { ...input.record!, chainPem }, offeredChain: chainPem });
    expect(decision.store).toBeUndefined();
    expect(decision.problem).toBeUndefined();
  });

  it('refuses a chain for another key, and keeps the good one', async () => {
    const foreign = await testSigner(authority.root, nowMs, await createKey('EcdsaP256'));
    const { chainPem } = authority.signer;
    const record = { ...input.record!, chainPem };
    const decision = decideIntermediate({ ...input, record, offeredChain: foreign.chainPem });
    expect(decision.signer?.chainPem).toBe(chainPem);
    expect(decision.store).toBeUndefined();
    expect(decision.problem).toMatchObject({ code: 'FLO5210', message: expect.stringContaining('another key') });
  });

  it('never goes back to an older chain', async () => {
    const renewed = await testSigner(authority.root, nowMs + 200 * DAY_MS, authority.signer.keyPem);
    const record = { ...input.record!, chainPem: renewed.chainPem };
    const late = { ...input, record, nowMs: nowMs + 201 * DAY_MS };
    const decision = decideIntermediate({ ...late, offeredChain: authority.signer.chainPem });
    expect(decision.signer?.chainPem).toBe(renewed.chainPem);
    expect(decision.store).toBeUndefined();
    const forward = decideIntermediate({
      ...late,
      record: { ...record, chainPem: authority.signer.chainPem },
      offeredChain: renewed.chainPem,
    });
    expect(forward.store).toBe(renewed.chainPem);
  });

  it('stops issuing when its chain has expired', () => {
    const record = { ...input.record!, chainPem: authority.signer.chainPem };
    const decision = decideIntermediate({ ...input, record, nowMs: nowMs + 366 * DAY_MS });
    expect(decision.signer).toBeUndefined();
    expect(decision.problem).toMatchObject({ code: 'FLO5211', message: expect.stringContaining('expired') });
  });

  it('refuses what is no chain at all', () => {
    const decision = decideIntermediate({ ...input, offeredChain: 'nonsense' });
    expect(decision.problem).toMatchObject({ code: 'FLO5210' });
  });
});
