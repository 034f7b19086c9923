import { deepFreeze } from './deep-freeze';

it('freezes objects and lists at every depth, and leaves values alone', () => {
  const value = deepFreeze({ a: [{ b: { c: [1, null, 'x'] } }], d: undefined });
  for (const part of [value, value.a, value.a[0], value.a[0]!.b, value.a[0]!.b.c])
    expect(Object.isFrozen(part)).toBe(true);
  expect(() => Object.assign(value.a[0]!.b, { c: [] })).toThrow(TypeError);
  expect([deepFreeze(undefined), deepFreeze(null), deepFreeze(7)]).toEqual([undefined, null, 7]);
});
