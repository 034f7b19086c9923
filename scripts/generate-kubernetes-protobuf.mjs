// Writes the field numbers of Kubernetes' protobuf messages, read from the tags of its Go types, as a compact table:
// message → field number → [JSON name, type, flags]. Types are other messages or one of string, bytes, int, bool, double;
// flags: r repeated, m map with string keys, i inlined into the parent, p pointer (a zero is meant), o left out when zero.
// Needs the Go modules of test/real/kube-apiserver; run it when Kubernetes' version there changes.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'src', 'kube', 'server', 'http', 'protobuf', 'messages.json');
const modules = join(root, 'test', 'real', 'kube-apiserver');

/** Packages by the name that messages get here. */
const PACKAGES = {
  core: 'k8s.io/api/core/v1',
  apps: 'k8s.io/api/apps/v1',
  batch: 'k8s.io/api/batch/v1',
  autoscaling: 'k8s.io/api/autoscaling/v1',
  autoscalingv2: 'k8s.io/api/autoscaling/v2',
  policy: 'k8s.io/api/policy/v1',
  networking: 'k8s.io/api/networking/v1',
  discovery: 'k8s.io/api/discovery/v1',
  coordination: 'k8s.io/api/coordination/v1',
  events: 'k8s.io/api/events/v1',
  rbac: 'k8s.io/api/rbac/v1',
  admissionregistration: 'k8s.io/api/admissionregistration/v1',
  scheduling: 'k8s.io/api/scheduling/v1',
  storage: 'k8s.io/api/storage/v1',
  authentication: 'k8s.io/api/authentication/v1',
  authorization: 'k8s.io/api/authorization/v1',
  certificates: 'k8s.io/api/certificates/v1',
  meta: 'k8s.io/apimachinery/pkg/apis/meta/v1',
  runtime: 'k8s.io/apimachinery/pkg/runtime',
  resource: 'k8s.io/apimachinery/pkg/api/resource',
  intstr: 'k8s.io/apimachinery/pkg/util/intstr',
  types: 'k8s.io/apimachinery/pkg/types',
};
const nameOfPackage = Object.fromEntries(Object.entries(PACKAGES).map(([name, path]) => [path, name]));

/** `apiVersion/kind` → message, for every struct with TypeMeta of a package with an API version. */
const API_VERSIONS = {
  core: 'v1',
  apps: 'apps/v1',
  batch: 'batch/v1',
  autoscaling: 'autoscaling/v1',
  autoscalingv2: 'autoscaling/v2',
  policy: 'policy/v1',
  networking: 'networking.k8s.io/v1',
  discovery: 'discovery.k8s.io/v1',
  coordination: 'coordination.k8s.io/v1',
  events: 'events.k8s.io/v1',
  rbac: 'rbac.authorization.k8s.io/v1',
  admissionregistration: 'admissionregistration.k8s.io/v1',
  scheduling: 'scheduling.k8s.io/v1',
  storage: 'storage.k8s.io/v1',
  authentication: 'authentication.k8s.io/v1',
  authorization: 'authorization.k8s.io/v1',
  certificates: 'certificates.k8s.io/v1',
  meta: 'v1',
};

const SCALARS = {
  string: 'string',
  bool: 'bool',
  int: 'int',
  int32: 'int',
  int64: 'int',
  uint8: 'int',
  float64: 'double',
};
/** Types whose JSON is not that of their fields; the decoder knows them. */
const SPECIAL = new Set([
  'meta.Time',
  'meta.MicroTime',
  'resource.Quantity',
  'intstr.IntOrString',
  'runtime.RawExtension',
  'meta.FieldsV1',
  'meta.Duration',
]);

function folderOf(path) {
  const [module] = path.startsWith('k8s.io/apimachinery') ? ['k8s.io/apimachinery'] : ['k8s.io/api'];
  const folder = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', module], {
    cwd: modules,
    encoding: 'utf8',
  }).trim();
  return join(folder, path.slice(module.length));
}

const named = {};
const structs = {};

for (const [pkg, path] of Object.entries(PACKAGES)) {
  const folder = folderOf(path);
  for (const file of readdirSync(folder).filter(
    (name) => name.endsWith('.go') && !name.endsWith('_test.go') && !name.includes('generated'),
  )) {
    readGo(pkg, readFileSync(join(folder, file), 'utf8'));
  }
}

function readGo(pkg, source) {
  const aliases = {};
  for (const [, alias, path] of source.matchAll(/^\s*(\w+)?\s*"(k8s\.io\/[^"]+)"/gm)) {
    aliases[alias ?? path.split('/').at(-1)] = nameOfPackage[path];
  }
  for (const [, name, type] of source.matchAll(/^type (\w+) (?!struct|interface)(\S+)/gm))
    named[`${pkg}.${name}`] = qualify(type, pkg, aliases);
  for (const [, name, body] of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = [...body.matchAll(/^\s+(?:(\w+)\s+)?([*\[\]\w.]+)\s+`([^`]*)`/gm)].map(([, field, type, tag]) => ({
      field,
      type: qualify(type, pkg, aliases),
      tag,
    }));
    structs[`${pkg}.${name}`] = { fields, embedsTypeMeta: /^\s+(metav1\.)?TypeMeta\s/m.test(body) };
  }
}

function qualify(type, pkg, aliases) {
  return type.replace(/[\w.]+$/, (base) => {
    if (SCALARS[base] || base === 'byte') return base;
    const [left, right] = base.split('.');
    return right === undefined ? `${pkg}.${left}` : `${aliases[left] ?? left}.${right}`;
  });
}

function describe(type, pointer) {
  if (type.startsWith('*')) return describe(type.slice(1), true);
  if (type === '[]byte') return { type: 'bytes', flags: '' };
  if (type.startsWith('[]')) return { type: describe(type.slice(2)).type, flags: 'r' };
  const map = /^map\[[^\]]+\](.*)$/.exec(type);
  if (map) return { type: describe(map[1]).type, flags: 'm' };
  if (SCALARS[type]) return { type: SCALARS[type], flags: pointer ? 'p' : '' };
  if (named[type] && !SPECIAL.has(type)) {
    const inner = describe(named[type], pointer);
    // A named list inside a map (ExtraValue, Verbs) is a message with one repeated field.
    return inner.flags.includes('r') ? { type: `list:${inner.type}`, flags: pointer ? 'p' : '', list: inner } : inner;
  }
  return { type, flags: pointer ? 'p' : '' };
}

const messages = {};
const wanted = [];
const kinds = {};

for (const [name, { fields, embedsTypeMeta }] of Object.entries(structs)) {
  const [pkg, kind] = name.split('.');
  const apiVersion = API_VERSIONS[pkg];
  const listed = kind.endsWith('List') || kind === 'TypeMeta';
  const meta = pkg === 'meta' && !['DeleteOptions', 'Status'].includes(kind);
  if (!embedsTypeMeta || apiVersion === undefined || listed || meta || fields.length === 0) continue;
  kinds[`${apiVersion}/${kind}`] = name;
  wanted.push(name);
}

while (wanted.length > 0) {
  const name = wanted.pop();
  if (messages[name] || SPECIAL.has(name) || !structs[name]) continue;
  messages[name] = {};
  for (const { type, tag } of structs[name].fields) {
    const number = /protobuf:"[^,"]*,(\d+),/.exec(tag)?.[1];
    if (number === undefined) continue;
    const [json = '', ...options] = (/json:"([^"]*)"/.exec(tag)?.[1] ?? '').split(',');
    const described = describe(type, false);
    // A named list that is a field by itself is simply repeated on the wire.
    const repeated = described.list !== undefined && !described.flags.includes('m');
    const fieldType = repeated ? described.list.type : described.type;
    const flags =
      (repeated ? 'r' : described.flags) +
      (options.includes('inline') ? 'i' : '') +
      (options.some((one) => one === 'omitempty' || one === 'omitzero') ? 'o' : '');
    messages[name][number] = flags === '' ? [json, fieldType] : [json, fieldType, flags];
    wanted.push(fieldType.replace('list:', ''));
  }
}

const sorted = (object) =>
  Object.fromEntries(Object.entries(object).sort(([left], [right]) => (left < right ? -1 : 1)));
const lines = Object.entries(sorted(messages)).map(
  ([name, fields]) => `${JSON.stringify(name)}: ${JSON.stringify(fields)}`,
);
const kindLines = Object.entries(sorted(kinds)).map(
  ([kind, name]) => `${JSON.stringify(kind)}: ${JSON.stringify(name)}`,
);
writeFileSync(target, `{\n"kinds": {\n${kindLines.join(',\n')}\n},\n"messages": {\n${lines.join(',\n')}\n}\n}\n`);
