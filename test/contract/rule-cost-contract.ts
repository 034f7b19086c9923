import type { StructuralSchema } from '../../src/kube/schema';
import type { ContractWorld } from './contract-world';

const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const text: StructuralSchema = { type: 'string' };
const list = (items: StructuralSchema, rule: string, limits: StructuralSchema = {}): StructuralSchema => ({
  ...{ type: 'array', items, 'x-kubernetes-validations': [{ rule }] },
  ...limits,
});
const pair = (rule: string, limits: StructuralSchema = {}): StructuralSchema => ({
  ...{ type: 'object', 'x-kubernetes-validations': [{ rule }] },
  properties: { a: { ...text, ...limits }, b: { ...text, ...limits } },
});

/** What rules may cost in the worst case, decided when their definition is written. */
export function ruleCostContract(world: () => ContractWorld): void {
  /** The findings about cost of a definition whose spec has this schema; nothing when it may be written. */
  const findings = async (spec: StructuralSchema): Promise<readonly (readonly [string | undefined, string])[]> => {
    const openAPIV3Schema = { type: 'object', properties: { spec } };
    const {
      status,
      json,
      text: body,
    } = await world().client.post(`${PATH}?dryRun=All`, {
      ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      metadata: { name: 'costs.costs.example.com' },
      spec: {
        ...{ group: 'costs.example.com', scope: 'Cluster', names: { plural: 'costs', kind: 'Cost' } },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
      },
    });
    if (status === 201) return [];
    if (status !== 422) throw new Error(body);
    return (json.details?.causes ?? []).map(({ field, message }) => [field, message]);
  };

  it.each<[string, StructuralSchema]>([
    ['a comparison of texts', pair('self.a == self.b')],
    ['a loop over a list without limit', list({ type: 'integer' }, 'self.all(x, x > 0)')],
    [
      'a loop over a short list of short texts in itself',
      list({ ...text, maxLength: 20 }, 'self.all(x, self.exists_one(y, x == y))', { maxItems: 20 }),
    ],
    ['a comparison of short texts in a list', { type: 'array', items: pair('self.a == self.b', { maxLength: 10 }) }],
    ['a comparison of texts in a short list', { type: 'array', maxItems: 10, items: pair('self.a == self.b') }],
    [
      'a rule for each item of a list without limit',
      { type: 'array', items: { ...{ type: 'integer' }, 'x-kubernetes-validations': [{ rule: 'self > 0' }] } },
    ],
    [
      'a rule below two lists without limits',
      list(
        {
          type: 'object',
          properties: {
            below: {
              type: 'array',
              items: { ...text, 'x-kubernetes-validations': [{ rule: "duration(self) >= duration('1ms')" }] },
            },
          },
        },
        'true',
      ),
    ],
    ['a search in a text', pair("self.a.contains('x') && self.b.matches('^a+$')")],
  ])('allows %s', async (_what, spec) => {
    expect(await findings(spec)).toEqual([]);
  });

  it.each<[string, StructuralSchema, string]>([
    [
      'a loop over a list without limit in itself',
      list({ type: 'integer' }, 'self.all(x, self.exists_one(y, x == y))'),
      '',
    ],
    [
      'a loop over a map without limit in itself',
      {
        ...{ type: 'object', additionalProperties: text },
        'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x == y))' }],
      },
      '',
    ],
    ['a comparison of texts in a list without limit', { type: 'array', items: pair('self.a == self.b') }, '.items'],
    ['a search in texts of a list without limit', { type: 'array', items: pair("self.a.contains('x')") }, '.items'],
    ['a loop over texts without limit', list(text, "self.all(x, x.contains('abc'))"), ''],
    ['a loop within each item', { type: 'array', items: list({ type: 'integer' }, 'self.all(x, x > 0)') }, '.items'],
    [
      'a loop over a short list of long texts in itself',
      list(text, 'self.all(x, self.exists_one(y, x == y))', { maxItems: 20 }),
      '',
    ],
  ])('refuses %s', async (_what, spec, below) => {
    const field = `spec.validation.openAPIV3Schema.properties[spec]${below}.x-kubernetes-validations[0].rule`;
    expect(await findings(spec)).toEqual([
      ...[
        [
          field,
          expect.stringMatching(
            /^Forbidden: estimated rule cost exceeds budget by factor of (more than 100|12\.6)x \(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared\)$/,
          ),
        ],
      ],
      ...[[field, expect.stringMatching(/^Forbidden: contributed to estimated rule cost total exceeding cost limit/)]],
      ...[
        [
          'spec.validation.openAPIV3Schema',
          expect.stringMatching(
            /^Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of /,
          ),
        ],
      ],
    ]);
  });
}
