import { applyOperation, type Operation } from 'fast-json-patch';
import { jsonEqual } from '../../../kernel';
import { malformedPatch, PatchError, undecodable, unfitPatch } from './patch-error';

/** The most operations one JSON patch may have, as in Kubernetes. */
const OPERATIONS_LIMIT = 10_000;

const NAMES = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/**
 * Applies a JSON patch (RFC 6902). The document is left alone.
 * @throws PatchError FLO2310 when it is no JSON patch, FLO2311 when an operation does not apply or a test fails,
 * FLO2312 when it has too many operations
 */
export function applyJsonPatch(document: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw malformedPatch(undecodable(operations, '[]handlers.jsonPatchOp'));
  if (operations.length > OPERATIONS_LIMIT) {
    throw new PatchError(
      `The allowed maximum operations in a JSON patch is ${OPERATIONS_LIMIT}, got ${operations.length}`,
      'RequestEntityTooLarge',
      'FLO2312',
      'split the patch',
    );
  }
  return operations.reduce<unknown>(
    (current, operation) => applyOne(current, located(current, readOperation(operation))),
    structuredClone(document),
  );
}

function readOperation(raw: unknown): Operation {
  if (typeof raw !== 'object' || Array.isArray(raw)) throw malformedPatch(undecodable(raw, 'handlers.jsonPatchOp'));
  const operation = (raw ?? {}) as Partial<Record<string, unknown>>;
  const { op, path, from } = operation;
  if (typeof op !== 'string' || !NAMES.has(op))
    throw unfitPatch(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`);
  if (typeof path !== 'string') throw unfitPatch(`${op} operation failed to decode path: missing value`);
  if ((op === 'move' || op === 'copy') && typeof from !== 'string') {
    throw unfitPatch(`${op} operation failed to decode from: operation, missing from field: missing value`);
  }
  return { ...operation, ...(op === 'remove' || 'value' in operation ? {} : { value: null }) } as Operation;
}

/**
 * An operation as this library understands it: indexes from the end of a list counted from its start, a replacement of a
 * missing key as its addition, a copy of a missing key as the addition of null. So the real server's library does.
 */
function located(document: unknown, operation: Operation): Operation {
  const path = fromStart(document, operation.path, operation.op !== 'add' && operation.op !== 'copy' ? 0 : 1);
  const moved = 'from' in operation ? { from: fromStart(document, operation.from, 0) } : {};
  const next = { ...operation, ...moved, path } as Operation;
  if (next.op === 'replace' && isMissingKey(document, path)) return { ...next, op: 'add' };
  if (next.op === 'copy' && isMissingKey(document, next.from)) return { op: 'add', path, value: null };
  return next;
}

function isMissingKey(document: unknown, path: string): boolean {
  const place = path === '' ? undefined : parentOf(document, path);
  return place !== undefined && !place.isList && !place.has();
}

/** A path with negative indexes resolved; `beyond` is how far behind the last item the path may point. */
function fromStart(document: unknown, path: string, beyond: 0 | 1): string {
  const parts = path.split('/');
  let container = document;
  for (const [position, part] of parts.entries()) {
    if (position === 0) continue;
    const last = position === parts.length - 1;
    if (Array.isArray(container) && /^-\d+$/.test(part)) {
      const index = container.length + Number(part) + (last ? beyond : 0);
      if (index >= 0) parts[position] = String(index);
    }
    container = childOf(container, unescaped(parts[position] ?? ''));
  }
  return parts.join('/');
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function applyOne(document: unknown, operation: Operation): unknown {
  switch (operation.op) {
    case 'test':
      return checkTest(document, operation.path, operation.value);
    case 'add':
      checkParent(
        document,
        operation.path,
        (path) => `add operation does not apply: doc is missing path: "${path}": missing value`,
      );
      break;
    case 'remove':
      checkRemoved(document, operation.path);
      break;
    case 'replace':
      checkReplaced(document, operation.path);
      break;
    case 'move':
    case 'copy':
      checkMoved(document, operation);
      break;
    default:
      break;
  }
  return run(document, operation);
}

function run(document: unknown, operation: Operation): unknown {
  try {
    return applyOperation(document, structuredClone(operation), true, true, true).newDocument;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw unfitPatch(`error in ${operation.op} for path: '${operation.path}': ${reason}`);
  }
}

function checkTest(document: unknown, path: string, expected: unknown): unknown {
  const parent = parentOf(document, path);
  if (parent === undefined) throw unfitPatch(`test operation does not apply: is missing path: ${path}: missing value`);
  const found = path === '' ? document : parent.get();
  if (jsonEqual(found ?? null, expected ?? null)) return document;
  throw unfitPatch(`testing value ${path} failed: test failed`);
}

function checkParent(document: unknown, path: string, message: (path: string) => string): Place {
  const parent = parentOf(document, path);
  if (parent === undefined) throw unfitPatch(message(path));
  return parent;
}

function checkRemoved(document: unknown, path: string): void {
  const place = checkParent(
    document,
    path,
    (missing) => `remove operation does not apply: doc is missing path: "${missing}": missing value`,
  );
  if (place.has()) return;
  const reason = place.isList
    ? `Unable to access invalid index: ${place.key}: invalid index referenced`
    : `Unable to remove nonexistent key: ${place.key}: missing value`;
  throw unfitPatch(`error in remove for path: '${path}': ${reason}`);
}

function checkReplaced(document: unknown, path: string): void {
  if (path === '') return;
  const place = checkParent(
    document,
    path,
    (missing) => `replace operation does not apply: doc is missing path: ${missing}: missing value`,
  );
  if (!place.has()) throw unfitPatch(`replace operation does not apply: doc is missing key: ${path}: missing value`);
}

function checkMoved(document: unknown, { op, from, path }: Operation & { readonly from: string }): void {
  const place = checkParent(
    document,
    from,
    (missing) => `${op} operation does not apply: doc is missing from path: ${missing}: missing value`,
  );
  if (!place.has()) throw unfitPatch(`error in ${op} for path: '${place.key}': Unable to access key: missing value`);
  checkParent(
    document,
    path,
    (missing) => `${op} operation does not apply: doc is missing destination path: ${missing}: missing value`,
  );
}

/** Where a path points to: the container exists, the key perhaps not. */
interface Place {
  readonly key: string;
  readonly isList: boolean;
  has(): boolean;
  get(): unknown;
}

function parentOf(document: unknown, path: string): Place | undefined {
  const keys = path.split('/').slice(1).map(unescaped);
  const key = keys.pop() ?? '';
  let container: unknown = document;
  for (const step of keys) container = childOf(container, step);
  if (typeof container !== 'object' || container === null) return undefined;
  return {
    key,
    isList: Array.isArray(container),
    has: () => Object.hasOwn(container, key),
    get: () => childOf(container, key),
  };
}

function childOf(container: unknown, key: string): unknown {
  if (typeof container !== 'object' || container === null || !Object.hasOwn(container, key)) return undefined;
  return (container as Readonly<Record<string, unknown>>)[key];
}
