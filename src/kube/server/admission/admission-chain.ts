import type { Admission } from '../registry/write-request';

/** Several admission steps as one: all may change the object in turn, then all check what came of it. */
export function admissionChain(steps: readonly Admission[]): Admission {
  return {
    async mutate(attributes) {
      let { object } = attributes;
      for (const step of steps)
        object = await step.mutate(object === undefined ? attributes : { ...attributes, object });
      return object;
    },
    async validate(attributes) {
      for (const step of steps) await step.validate(attributes);
    },
  };
}
