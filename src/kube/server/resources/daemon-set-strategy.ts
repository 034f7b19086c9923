import { jsonEqual } from '../../../kernel';
import type { KubeObject } from '../../schema';
import type { BuiltInStrategy } from './served-kind';
import { validateWorkload } from './validation/validate-workload';

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** DaemonSets count the changes of their template in an annotation, which old controllers read. */
export const daemonSetStrategy: BuiltInStrategy = {
  validate: validateWorkload,
  prepareForCreate: (object) => counted(object, 1),
  prepareForUpdate(next, live) {
    const before = Number(live.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
    return counted(next, jsonEqual(templateOf(next), templateOf(live)) ? before : before + 1);
  },
};

function counted(object: KubeObject, generation: number): KubeObject {
  const { metadata } = object;
  const annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
  return { ...object, metadata: { ...metadata, annotations } };
}

function templateOf({ spec }: KubeObject): unknown {
  return (spec as { template?: unknown } | undefined)?.template;
}
