import { z } from 'zod';
import { toStructuralSchema } from './to-structural-schema';

/** What a property of this type becomes in a definition. */
const structural = (type: z.ZodType): unknown => toStructuralSchema(z.object({ a: type })).properties?.a;

describe('structural schemas from zod', () => {
  it('say what must be there, and nothing of closed objects and drafts', () => {
    const schema = toStructuralSchema(z.strictObject({ name: z.string(), size: z.number().default(1) }));
    expect(schema).toEqual({
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' }, size: { type: 'number', default: 1 } },
    });
  });

  it('turn constants into choices of one', () => {
    expect(structural(z.literal('a'))).toEqual({ type: 'string', enum: ['a'] });
    expect(structural(z.enum(['a', 'b']))).toEqual({ type: 'string', enum: ['a', 'b'] });
  });

  it('write exclusive bounds as Kubernetes does, and drop those of safe integers', () => {
    expect(structural(z.number().gt(0).lt(9))).toEqual({
      ...{ type: 'number', minimum: 0, exclusiveMinimum: true },
      ...{ maximum: 9, exclusiveMaximum: true },
    });
    expect(structural(z.int())).toEqual({ type: 'integer' });
    expect(structural(z.int().min(1).max(65_535))).toEqual({ type: 'integer', minimum: 1, maximum: 65_535 });
  });

  it('keep whatever is in values of any shape', () => {
    expect(structural(z.unknown())).toEqual({ 'x-kubernetes-preserve-unknown-fields': true });
    expect(structural(z.unknown().describe('as it comes'))).toEqual({
      ...{ description: 'as it comes', 'x-kubernetes-preserve-unknown-fields': true },
    });
    const open = z.looseObject({}).meta({ 'x-kubernetes-preserve-unknown-fields': true });
    expect(structural(open)).toEqual({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true });
  });

  it("pass through what is Kubernetes' own, at every depth", () => {
    const rules = [{ rule: 'self == oldSelf' }];
    const list = z
      .array(z.object({ name: z.literal('x').meta({ 'x-kubernetes-validations': rules }) }))
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] });
    expect(structural(list)).toEqual({
      type: 'array',
      ...{ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', enum: ['x'], 'x-kubernetes-validations': rules } },
      },
    });
  });

  it('describe maps by their values alone', () => {
    expect(structural(z.record(z.string(), z.int()))).toEqual({
      type: 'object',
      additionalProperties: { type: 'integer' },
    });
  });
});
