import type { ObjectReference } from '../../kernel';
import { type Fault, Field, referenceTo } from '../findings';
import type { LintContext } from './lint-context';

/** One object, read without trusting its shape. */
export interface LintObject {
  readonly reference: ObjectReference;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly root: Field;
  readonly spec: Field;
}

/** The objects of one cluster, and what else is known. */
export interface LintWorld {
  readonly context: LintContext;
  /** Objects of a kind, in the order in which they were given. */
  of(kind: string): readonly LintObject[];
  /** Objects of a kind by a key, found once per world; `name` tells indexes of one kind apart. */
  by(
    kind: string,
    name: string,
    keysOf: (object: LintObject) => readonly string[],
  ): ReadonlyMap<string, readonly LintObject[]>;
}

/** A fault, and the object that it is in. */
export interface TrapFault extends Fault {
  readonly object: LintObject;
}

export type TrapFaults = Generator<TrapFault, void, undefined>;
/** One trap: what it finds in a world. */
export type Trap = (world: LintWorld) => TrapFaults;

/** A world of these objects. */
export function lintWorld(objects: readonly Readonly<Record<string, unknown>>[], context: LintContext): LintWorld {
  const byKind = new Map<string, LintObject[]>();
  for (const object of objects) {
    const read = lintObject(object);
    const known = byKind.get(read.kind);
    if (known === undefined) byKind.set(read.kind, [read]);
    else known.push(read);
  }
  const of = (kind: string): readonly LintObject[] => byKind.get(kind) ?? [];
  const indexes = new Map<string, ReadonlyMap<string, readonly LintObject[]>>();
  return {
    context,
    of,
    by(kind, name, keysOf) {
      const known = indexes.get(`${kind} ${name}`) ?? indexOf(of(kind), keysOf);
      indexes.set(`${kind} ${name}`, known);
      return known;
    },
  };
}

function indexOf(
  objects: readonly LintObject[],
  keysOf: (object: LintObject) => readonly string[],
): ReadonlyMap<string, readonly LintObject[]> {
  const index = new Map<string, LintObject[]>();
  for (const object of objects) {
    for (const key of new Set(keysOf(object))) {
      const list = index.get(key) ?? [];
      list.push(object);
      index.set(key, list);
    }
  }
  return index;
}

/** The ServiceEntries of a host. */
export function entriesOf(host: string, world: LintWorld): readonly LintObject[] {
  return world.by('ServiceEntry', 'host', ({ spec }) => spec.at('hosts').texts.map(({ text }) => text)).get(host) ?? [];
}

/** The DestinationRules of a host. */
export function rulesOf(host: string, world: LintWorld): readonly LintObject[] {
  const hostOf = ({ spec, namespace }: LintObject): string[] => [fullHost(spec.at('host').text ?? '', namespace)];
  return world.by('DestinationRule', 'host', hostOf).get(host) ?? [];
}

/** Objects of a namespace whose labels may fit a selector; to be compared in full. */
export function labelledLike(
  selector: Readonly<Record<string, string>>,
  {
    kind,
    namespace,
    world,
    labelsOf,
  }: {
    kind: string;
    namespace: string;
    world: LintWorld;
    labelsOf: (object: LintObject) => Readonly<Record<string, string>>;
  },
): readonly LintObject[] {
  const keyOf = (space: string, key: string, value: string): string => JSON.stringify([space, key, value]);
  const index = world.by(kind, 'labels', (object) =>
    Object.entries(labelsOf(object)).map(([key, value]) => keyOf(object.namespace, key, value)),
  );
  const [first] = Object.entries(selector);
  return first === undefined ? [] : (index.get(keyOf(namespace, ...first)) ?? []);
}

function lintObject(object: Readonly<Record<string, unknown>>): LintObject {
  const reference = referenceTo(object);
  const { kind, name, namespace = 'default' } = reference;
  const root = new Field('', object);
  return { reference, kind, name, namespace, root, spec: root.at('spec') };
}

/** The annotation of an object, if it is a text. */
export function annotationOf({ root }: LintObject, name: string): string | undefined {
  return root.at('metadata').at('annotations').at(name).text;
}

/** Whether labels have everything that a selector asks for. */
export function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** The full name of a host that a rule of this namespace names: Kubernetes services may be named by their short name. */
export function fullHost(host: string, namespace: string): string {
  return host === '' || host.includes('.') || host.startsWith('*') ? host : `${host}.${namespace}.svc.cluster.local`;
}

/** Whether an object is seen in a namespace, by its `exportTo`. */
export function isExportedTo(exportTo: readonly string[], own: string, namespace: string): boolean {
  if (exportTo.length === 0 || exportTo.includes('*')) return true;
  return exportTo.includes(namespace) || (exportTo.includes('.') && own === namespace);
}
