import { Registry } from 'prom-client';
import type { Issuer } from '../intermediate/decide-intermediate';
import { testAuthority } from '../testing/test-authority';
import { CitadelMetrics } from './citadel-metrics';

describe('CitadelMetrics', () => {
  it('counts, and tells when the chain ends once there is one', async () => {
    const nowMs = Date.UTC(2026, 5, 1);
    const registry = new Registry();
    const place: { issuer?: Issuer } = {};
    const metrics = new CitadelMetrics(registry, () => place.issuer);
    metrics.asked();
    metrics.issued('workload');
    metrics.refused('FLO5230');
    const before = await registry.metrics();
    expect(before).toContain('citadel_server_csr_count 1');
    expect(before).toContain('citadel_server_success_cert_issuance_count{use="workload"} 1');
    expect(before).toContain('flotilla_citadel_refusals_total{code="FLO5230"} 1');
    expect(before).not.toMatch(/^citadel_server_cert_chain_expiry_timestamp/m);
    place.issuer = (await testAuthority(nowMs)).issuer;
    const after = await registry.metrics();
    const endsAt = nowMs / 1000 + 365 * 24 * 3600;
    expect(after).toContain(`citadel_server_cert_chain_expiry_timestamp ${endsAt}`);
  });
});
