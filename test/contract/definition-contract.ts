import type { KubeObject } from '../../src/kube/schema';
import type { ContractWorld } from './contract-world';

const GROUP = 'names.example.com';
const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface Names {
  readonly plural: string;
  readonly kind: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
}

/** Names of custom kinds: two definitions of one group cannot have the same. */
export function definitionContract(world: () => ContractWorld): void {
  const define = async (names: Names): Promise<KubeObject> => {
    const openAPIV3Schema = { type: 'object' };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
    const { json } = await world().client.post(PATH, {
      ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      metadata: { name: `${names.plural}.${GROUP}` },
      spec: { group: GROUP, scope: 'Cluster', names, versions },
    });
    return json;
  };
  const conditions = async (plural: string): Promise<Record<string, readonly string[]>> => {
    const { json } = await world().client.get(`${PATH}/${plural}.${GROUP}`);
    const { conditions: found } = json.status as unknown as { conditions?: Record<string, string>[] | null };
    return Object.fromEntries(
      (found ?? []).map(({ type = '', status = '', reason = '', message = '' }) => [type, [status, reason, message]]),
    );
  };
  const settled = (plural: string): Promise<void> =>
    world().eventually(async () => (await conditions(plural)).NamesAccepted !== undefined);
  const served = (plural: string, status: number): Promise<void> =>
    world().eventually(async () => (await world().client.get(`/apis/${GROUP}/v1/${plural}`)).status === status);
  const remove = async (plural: string): Promise<void> => {
    await world().client.delete(`${PATH}/${plural}.${GROUP}`);
    await world().gone(`${PATH}/${plural}.${GROUP}`);
  };

  it('serves a kind only when nobody else has its names, and as soon as nobody has', async () => {
    await define({ plural: 'gears', kind: 'Gear' });
    await served('gears', 200);
    await define({ plural: 'cogs', kind: 'Gear' });
    await settled('cogs');
    expect(await conditions('cogs')).toMatchObject({
      NamesAccepted: ['False', 'ListKindConflict', '"GearList" is already in use'],
      Established: ['False', 'NotAccepted', 'not all names are accepted'],
    });
    await served('cogs', 404);
    await remove('gears');
    await served('cogs', 200);
    expect(await conditions('cogs')).toMatchObject({
      NamesAccepted: ['True', 'NoConflicts', 'no conflicts found'],
      Established: ['True', 'InitialNamesAccepted', 'the initial names have been accepted'],
    });
    await remove('cogs');
  });

  it('says which names are taken', async () => {
    await define({ plural: 'wheels', kind: 'Wheel', shortNames: ['wh', 'whl'] });
    await served('wheels', 200);
    await define({ plural: 'rollers', kind: 'Roller', shortNames: ['wh', 'whl', 'ro'] });
    await settled('rollers');
    expect((await conditions('rollers')).NamesAccepted).toEqual([
      ...['False', 'ShortNamesConflict', '["wh" is already in use, "whl" is already in use]'],
    ]);
    await define({ plural: 'discs', kind: 'Disc', singular: 'wheel' });
    await settled('discs');
    expect((await conditions('discs')).NamesAccepted).toEqual([
      ...['False', 'SingularConflict', '"wheel" is already in use'],
    ]);
    for (const plural of ['wheels', 'rollers', 'discs']) await remove(plural);
  });
}
