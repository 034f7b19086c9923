// Reads the Envoy v3 `.proto` files that @grpc/grpc-js-xds ships, and writes into src/pilot/proto/generated (not committed):
//   descriptor.json   every message and enum, as src/pilot/proto/descriptor.ts reads it
//   messages.d.ts     the TypeScript types of their proto3 JSON form
// Plain Node; same input, same bytes.
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const require = createRequire(import.meta.url);
const output = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'pilot', 'proto', 'generated');
const bundled = join(dirname(require.resolve('@grpc/grpc-js-xds/package.json')), 'deps');
const includes = ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((folder) => join(bundled, folder));
const descriptorProto = join(dirname(require.resolve('protobufjs/package.json')), 'google/protobuf/descriptor.proto');

/** These import definitions of other projects (OpenCensus, OpenTelemetry, Prometheus) that are not shipped. */
const incomplete = new Set([
  'envoy/config/trace/v3/opencensus.proto',
  'envoy/config/trace/v3/trace.proto',
  'envoy/extensions/access_loggers/open_telemetry/v3/logs_service.proto',
  'envoy/service/metrics/v3/metrics_service.proto',
  'envoy/service/trace/v3/trace_service.proto',
]);

/** Fields newer than the shipped files, each accepted by Envoy 1.40: message, name, number, type. */
const newer = [['envoy.config.cluster.v3.Cluster', 'dns_jitter', 58, 'google.protobuf.Duration']];

/** Options of the schema itself; no proxy ever gets these. */
const schemaOnly =
  /^(validate|udpa\.annotations|xds\.annotations|envoy\.annotations|google\.api(?!\.expr))\.|^google\.protobuf\.(.*Options|.*DescriptorProto|.*DescriptorSet|FeatureSet.*|SourceCodeInfo|GeneratedCodeInfo|Edition|SymbolVisibility|UninterpretedOption|ExtensionRange.*)/;

/** What proto3 JSON writes in a way of its own. */
const wellKnownJson = {
  'google.protobuf.Any': 'AnyJson',
  'google.protobuf.Duration': 'string',
  'google.protobuf.Timestamp': 'string',
  'google.protobuf.FieldMask': 'string',
  'google.protobuf.Struct': 'StructJson',
  'google.protobuf.Value': 'ValueJson',
  'google.protobuf.ListValue': 'readonly ValueJson[]',
  'google.protobuf.DoubleValue': 'number',
  'google.protobuf.FloatValue': 'number',
  'google.protobuf.Int64Value': 'string',
  'google.protobuf.UInt64Value': 'string',
  'google.protobuf.Int32Value': 'number',
  'google.protobuf.UInt32Value': 'number',
  'google.protobuf.BoolValue': 'boolean',
  'google.protobuf.StringValue': 'string',
  'google.protobuf.BytesValue': 'string',
};

const scalarJson = { string: 'string', bytes: 'string', bool: 'boolean', float: 'number', double: 'number' };
for (const type of ['int32', 'uint32', 'sint32', 'fixed32', 'sfixed32']) scalarJson[type] = 'number';
for (const type of ['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']) scalarJson[type] = 'string';

function load() {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => {
    if (target === 'google/protobuf/descriptor.proto') return descriptorProto;
    return includes.map((folder) => join(folder, target)).find(existsSync) ?? target;
  };
  const files = readdirSync(includes[0], { recursive: true })
    .filter((file) => /\/v3\/[^/]+\.proto$/.test(file) && !incomplete.has(file))
    .sort();
  root.loadSync([...files, 'udpa/type/v1/typed_struct.proto', 'xds/type/v3/typed_struct.proto'], { keepCase: true });
  for (const [message, name, number, type] of newer) {
    const field = new protobuf.Field(name, number, type);
    root.lookupType(message).add(field);
    field.resolve();
  }
  return root.resolveAll();
}

const nameOf = (type) => type.fullName.slice(1);

/** All messages and enums below a namespace, by full name. */
function collect(namespace, found = { messages: new Map(), enums: new Map() }) {
  for (const child of namespace.nestedArray) {
    if (child instanceof protobuf.Type && !schemaOnly.test(nameOf(child))) found.messages.set(nameOf(child), child);
    if (child instanceof protobuf.Enum && !schemaOnly.test(nameOf(child))) found.enums.set(nameOf(child), child);
    if (child.nestedArray) collect(child, found);
  }
  return found;
}

/** protoc's rule: an underscore goes, and the letter after it becomes a capital. */
const lowerCamel = (name) => name.replace(/_+(.?)/g, (_match, letter) => letter.toUpperCase());

function describeField(field) {
  const { resolvedType, partOf } = field;
  const optional = partOf?.isProto3Optional === true || field.options?.proto3_optional === true;
  return {
    number: field.id,
    name: field.name,
    json: field.options?.json_name ?? lowerCamel(field.name),
    type: resolvedType instanceof protobuf.Enum ? 'enum' : resolvedType ? 'message' : field.type,
    ...(resolvedType ? { of: nameOf(resolvedType) } : {}),
    ...(field.map ? { mapKey: field.keyType } : {}),
    ...(field.repeated ? { repeated: true } : {}),
    ...(partOf && !optional ? { oneof: partOf.name } : {}),
    ...(optional ? { optional: true } : {}),
  };
}

const sorted = (map) => [...map].sort(([left], [right]) => (left < right ? -1 : 1));
const byNumber = (left, right) => left.number - right.number;

function describe({ messages, enums }) {
  return {
    messages: Object.fromEntries(
      sorted(messages).map(([name, type]) => [name, type.fieldsArray.map(describeField).sort(byNumber)]),
    ),
    enums: Object.fromEntries(sorted(enums).map(([name, type]) => [name, type.values])),
  };
}

function jsonType(field) {
  const single = field.of ? (wellKnownJson[field.of] ?? field.of) : scalarJson[field.type];
  if (field.mapKey) return `{ readonly [key: string]: ${single} }`;
  return field.repeated ? `readonly (${single})[]` : single;
}

/** Package and message names as a tree, since TypeScript wants each namespace to hold what is in it. */
function tree(descriptor) {
  const top = { children: new Map(), lines: [] };
  const add = (name, lines) => {
    let node = top;
    for (const part of name.split('.').slice(0, -1)) node = child(node, part);
    node.lines.push(...lines);
  };
  for (const [name, values] of Object.entries(descriptor.enums)) {
    const union = Object.keys(values).map((value) => `'${value}'`);
    add(name, [`type ${name.split('.').pop()} = ${union.join(' | ')};`]);
  }
  for (const [name, fields] of Object.entries(descriptor.messages)) {
    if (wellKnownJson[name]) continue;
    const members = fields.map((field) => `  readonly ${field.json}?: ${jsonType(field)} | undefined;`);
    add(name, [`interface ${name.split('.').pop()} {`, ...members, '}']);
  }
  return top;
}

function child(node, part) {
  if (!node.children.has(part)) node.children.set(part, { children: new Map(), lines: [] });
  return node.children.get(part);
}

function renderNamespace(name, node, indent, keyword) {
  const body = node.lines.map((line) => `${indent}  ${line}`);
  const inner = sorted(node.children).flatMap(([part, below]) =>
    renderNamespace(part, below, `${indent}  `, 'namespace'),
  );
  return [`${indent}${keyword} ${name} {`, ...body, ...inner, `${indent}}`];
}

/** TypeScript looks a dotted name up from the inside out, so no inner namespace may be called like an outermost one. */
function refuseShadowing(top) {
  const walk = (node) => {
    for (const [part, below] of node.children) {
      if (top.children.has(part))
        throw new Error(`namespace "${part}" lies inside another one and shadows the outermost`);
      walk(below);
    }
  };
  for (const below of top.children.values()) walk(below);
}

function renderTypes(descriptor) {
  const top = tree(descriptor);
  refuseShadowing(top);
  const names = Object.keys(descriptor.messages).filter((name) => !wellKnownJson[name]);
  return [
    '// Generated by scripts/generate-protos.mjs: the proto3 JSON form of every message.',
    'export type ValueJson = string | number | boolean | null | readonly ValueJson[] | { readonly [key: string]: ValueJson };',
    'export type StructJson = { readonly [key: string]: ValueJson };',
    "export type AnyJson = { readonly '@type': string; readonly [field: string]: unknown };",
    ...sorted(top.children).flatMap(([part, node]) => renderNamespace(part, node, '', 'export declare namespace')),
    'export interface MessageTypes {',
    ...names.map((name) => `  '${name}': ${name};`),
    '}',
    '',
  ].join('\n');
}

/** A reader never sees a half-written file. */
function write(name, text) {
  const path = join(output, name);
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

const descriptor = describe(collect(load()));
mkdirSync(output, { recursive: true });
write('descriptor.json', JSON.stringify(descriptor));
write('messages.d.ts', renderTypes(descriptor));
