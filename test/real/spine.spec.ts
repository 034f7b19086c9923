import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSpine } from '../fleet/spine';
import { RealClusters } from './real-clusters';
import { RealControlPlane } from './real-control-plane';
import { realPart } from './real-parts';

describeSpine('a fleet on embedded API servers with Envoy gateways', () =>
  Promise.resolve({ envoy: realPart('envoy') }),
);

describe('upstream kube-apiservers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-real-'));

  describeSpine(
    'a fleet on upstream kube-apiservers with Envoy gateways',
    async () => {
      const plane = await RealControlPlane.start(folder);
      return { envoy: realPart('envoy'), clusters: () => new RealClusters(plane) };
    },
    () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  );
});
