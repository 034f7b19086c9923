import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type KubeObject, type ObjectMeta, parseApiVersion, type StructuralSchema } from '../../schema';
import { applyMergePatch } from '../patch';
import { builtInSchemas, compileBuiltIn, type CompiledSchema, compileSchema, describeInvalid } from '../schema';
import { ApplyError, applyServerSide, keepTimes, type ManagedFieldsEntry, trackUpdate } from '.';

/** Exactly one of `apply`, `create`, `put`, `merge` is there and names the manager. */
interface Step {
  readonly apply?: string;
  readonly create?: string;
  readonly put?: string;
  readonly merge?: string;
  readonly force?: boolean;
  readonly subresource?: string;
  readonly apiVersion?: string;
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly patch?: unknown;
}

interface Scenario {
  readonly name: string;
  readonly kind?: string;
  readonly steps: readonly Step[];
}

const read = (name: string): unknown => parse(readFileSync(join(__dirname, 'testdata', name), 'utf8'));
const widget = read('widget.yaml') as StructuralSchema;

/** The time of a step, in a form that comes back out of managedFields. */
const timeOf = (step: number): string => `2026-01-01T00:${String(step).padStart(2, '0')}:00Z`;
const stepOf = (time: string): number => Number(time.slice(14, 16));

type Outcome = KubeObject | { readonly failure: unknown };

/** As much of an API server as the scenarios need: one object, in memory. */
class OneObject {
  private live: KubeObject | undefined;
  private readonly apiVersion: string;
  private readonly kindName: string;
  private readonly schema: StructuralSchema;
  private readonly compiled: CompiledSchema;

  constructor(kind: string) {
    const slash = kind.lastIndexOf('/');
    [this.apiVersion, this.kindName] = [kind.slice(0, slash), kind.slice(slash + 1)];
    this.schema = builtInSchemas[kind] ?? widget;
    this.compiled = compileBuiltIn(kind) ?? compileSchema(widget);
  }

  run(step: Step, index: number): unknown {
    try {
      return this.store(this.next(step, timeOf(index + 1)), step);
    } catch (cause) {
      if (!(cause instanceof ApplyError)) throw cause;
      const code = cause.reason === 'BadRequest' ? 400 : 500;
      return { error: { code, ...(code === 400 ? { reason: 'BadRequest' } : {}), message: cause.message } };
    }
  }

  private next(step: Step, nowRfc3339: string): Outcome {
    const { subresource = '', apiVersion = this.apiVersion, spec, status, body = {} } = step;
    const { metadata: given, ...rest }: Record<string, unknown> = {
      ...body,
      ...(spec === undefined ? {} : { spec }),
      ...(status === undefined ? {} : { status }),
    };
    const metadata = { name: 'w', namespace: 'default', ...step.metadata, ...(given as object) } as ObjectMeta;
    const sent: KubeObject = { apiVersion, kind: this.kindName, metadata, ...rest };
    const common = { schema: this.schema, nowRfc3339, subresource, apiVersion: this.apiVersion };
    if (step.create !== undefined && this.live !== undefined) {
      const message = `${this.kindName.toLowerCase()}s "w" already exists`;
      return { failure: { conflict: { message, causes: [] } } };
    }
    if (step.apply !== undefined) {
      const live = this.live === undefined ? {} : { live: this.live };
      const result = applyServerSide({
        ...common,
        ...live,
        applied: sent,
        manager: step.apply,
        force: step.force ?? false,
      });
      if (result.kind === 'ok') return this.finish(result.object, step);
      const causes = result.conflicts.map(({ field, message }) => ({ field, message }));
      return { failure: { conflict: { message: result.message, causes } } };
    }
    const after = this.finish(this.changed(step, sent), step);
    const before = this.live === undefined ? {} : { before: this.live };
    const manager = step.create ?? step.put ?? step.merge ?? '';
    return trackUpdate({ ...common, ...before, after, manager, operation: 'Update' });
  }

  private changed({ create, put, patch }: Step, sent: KubeObject): KubeObject {
    if (create !== undefined) return sent;
    if (put === undefined) return applyMergePatch(this.live, patch) as KubeObject;
    return { ...this.live!, ...sent, metadata: { ...this.live!.metadata, ...sent.metadata } };
  }

  /** Only status changes by the status subresource, everything else by the main one. */
  private finish(object: KubeObject, { subresource, apply }: Step): KubeObject {
    const { managedFields } = object.metadata;
    const { status, ...rest } =
      subresource === 'status' ? { ...this.live!, status: object.status } : { ...object, status: this.live?.status };
    const owned = managedFields === undefined ? {} : { managedFields };
    const { managedFields: _managedFields, ...metadata } = rest.metadata;
    const next = {
      ...rest,
      metadata: { ...metadata, uid: 'u', ...owned },
      ...(status === undefined ? {} : { status }),
    };
    // What was applied has been held against the schema field by field; only other bodies are pruned.
    return this.compiled.applyDefaults(apply === undefined ? this.compiled.prune(next) : next);
  }

  private store(next: Outcome, { apply }: Step): unknown {
    if ('failure' in next && !('metadata' in next)) return next.failure;
    const object = next;
    const errors = this.compiled.validate(object, this.live);
    if (errors.length > 0) {
      const { group } = parseApiVersion(this.apiVersion);
      const { message } = describeInvalid({ group, kind: this.kindName, name: 'w' }, errors);
      return { error: { code: 422, reason: 'Invalid', message } };
    }
    this.live = apply === undefined ? object : keepTimes(this.live, object);
    return show(this.live);
  }
}

function show({ apiVersion: _apiVersion, kind: _kind, metadata, ...content }: KubeObject): unknown {
  const { labels, annotations, finalizers, ownerReferences, managedFields = [] } = metadata;
  const shown = Object.entries({ labels, annotations, finalizers, ownerReferences }).filter(
    ([, value]) => value !== undefined && Object.keys(value).length > 0,
  );
  return {
    ...(shown.length > 0 ? { metadata: Object.fromEntries(shown) } : {}),
    ...content,
    managedFields: (managedFields as ManagedFieldsEntry[]).map(({ fieldsType: _type, time, ...entry }) => ({
      ...entry,
      ...(time === undefined ? {} : { time: stepOf(time) }),
    })),
  };
}

/** The answers were recorded from kube-apiserver 1.36 by the same steps. */
describe.each(['widget', 'built-in'])('scenarios of server-side apply: %s', (set) => {
  const recorded = read(`${set}-scenarios.out.yaml`) as {
    readonly name: string;
    readonly results: readonly unknown[];
  }[];
  const scenarios = read(`${set}-scenarios.in.yaml`) as Scenario[];

  it.each(scenarios.map((scenario, index) => [scenario.name, scenario, recorded[index]!] as const))(
    '%s',
    (_name, scenario, answer) => {
      const object = new OneObject(scenario.kind ?? 'example.com/v1/Widget');
      scenario.steps.forEach((step, index) => {
        expect({ step: index + 1, result: object.run(step, index) }).toEqual({
          step: index + 1,
          result: answer.results[index],
        });
      });
    },
  );
});
