// Reads the OpenAPI v3 documents that Kubernetes publishes for a release (its folder api/openapi-spec/v3) and writes
// src/kube/server/schema/built-in/definitions.json: field names, types and list keys of the kinds that the embedded API
// server knows, without any prose. Usage: node scripts/generate-built-in-schemas.mjs FOLDER VERSION
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const GROUP_VERSIONS = [
  'v1',
  'admissionregistration.k8s.io/v1',
  'apiextensions.k8s.io/v1',
  'apiregistration.k8s.io/v1',
  'apps/v1',
  'authentication.k8s.io/v1',
  'authorization.k8s.io/v1',
  'autoscaling/v1',
  'autoscaling/v2',
  'batch/v1',
  'certificates.k8s.io/v1',
  'coordination.k8s.io/v1',
  'discovery.k8s.io/v1',
  'events.k8s.io/v1',
  'flowcontrol.apiserver.k8s.io/v1',
  'networking.k8s.io/v1',
  'node.k8s.io/v1',
  'policy/v1',
  'rbac.authorization.k8s.io/v1',
  'scheduling.k8s.io/v1',
  'storage.k8s.io/v1',
];
const KEPT = [
  'type',
  'format',
  'nullable',
  'enum',
  'required',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-patch-merge-key',
  'x-kubernetes-patch-strategy',
];
/** Types that are more than their OpenAPI says. */
const SPECIAL = {
  'util.intstr.IntOrString': { 'x-kubernetes-int-or-string': true },
  'api.resource.Quantity': { 'x-kubernetes-int-or-string': true, format: 'quantity' },
  'runtime.RawExtension': { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  'meta.v1.FieldsV1': { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

const [folder, version] = process.argv.slice(2);
const definitions = new Map();
const kinds = {};
for (const groupVersion of GROUP_VERSIONS) {
  const file = groupVersion.includes('/') ? `apis__${groupVersion.replace('/', '__')}` : `api__${groupVersion}`;
  const { schemas } = JSON.parse(await readFile(join(folder, `${file}_openapi.json`), 'utf8')).components;
  for (const [name, schema] of Object.entries(schemas)) {
    const [identity, ...more] = schema['x-kubernetes-group-version-kind'] ?? [];
    if (identity === undefined || more.length > 0 || identity.kind.endsWith('List')) continue;
    const apiVersion = identity.group === '' ? identity.version : `${identity.group}/${identity.version}`;
    if (apiVersion === groupVersion) kinds[`${apiVersion}/${identity.kind}`] = define(name, schemas);
  }
}

function shortName(name) {
  return name.replace(
    /^io\.k8s\.(api|apimachinery\.pkg|apiextensions-apiserver\.pkg|kube-aggregator\.pkg)\.(apis\.)?/,
    '',
  );
}

function define(name, schemas) {
  const short = name.startsWith('io.k8s.apimachinery.pkg.api.')
    ? name.slice('io.k8s.apimachinery.pkg.'.length)
    : shortName(name);
  if (!definitions.has(short)) {
    definitions.set(short, {});
    definitions.set(short, SPECIAL[short] ?? convert(schemas[name], schemas));
  }
  return short;
}

function convert(node, schemas) {
  const result = {};
  for (const key of KEPT) if (node[key] !== undefined) result[key] = node[key];
  if (node.default !== undefined) result[isZero(node.default) ? 'zero' : 'default'] = node.default;
  const reference = node.$ref ?? node.allOf?.[0].$ref;
  if (reference !== undefined) result.$ref = define(reference.split('/').pop(), schemas);
  if (node.items !== undefined) result.items = convert(node.items, schemas);
  if (typeof node.additionalProperties === 'object') {
    result.additionalProperties = convert(node.additionalProperties, schemas);
  }
  if (node.properties !== undefined) {
    const entries = Object.entries(node.properties).map(([name, child]) => [name, convert(child, schemas)]);
    result.properties = Object.fromEntries(entries);
  }
  return result;
}

/**
 * The published documents give every field that is always printed its Go zero value as a default. Those are no defaults:
 * they are kept as `zero`, what an object that nobody has written yet looks like.
 */
function isZero(value) {
  return value === '' || value === 0 || JSON.stringify(value) === '{}';
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const line = ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
const sorted = (entries) => [...entries].sort(([left], [right]) => (left < right ? -1 : 1));
const block = (entries) => `{\n${sorted(entries).map(line).join(',\n')}\n}`;
const text = `{\n"version": ${JSON.stringify(version)},\n"kinds": ${block(Object.entries(kinds))},\n"definitions": ${block(definitions)}\n}\n`;
await writeFile(join(root, 'src/kube/server/schema/built-in/definitions.json'), text);
