'use strict';

/** Folders whose code decides and does nothing else: no framework, no network, no files, no timers. */
const PURE = [
  '^src/kernel/(?!index|logger)',
  '^src/kube/schema/',
  '^src/kube/server/(apply|patch|schema|table)/',
  '^src/istio/',
  '^src/federation/(?!index|hub/)',
  '^src/federation/hub/.*-status[.]ts$',
  '^src/accesspoint/',
  '^src/nameservice/(render|answer)/',
  '^src/pilot/(model|translate)/',
  '^src/zone/(apply|facts|report|drain)/',
].join('|');

/** A room's inside is its own: others come through index.ts. */
const ROOMS = ['kernel', 'istio', 'accesspoint', 'nameservice', 'pilot', 'citadel', 'zone', 'demo'];

/** What a room may not import, from design: data goes one way. */
const LAYERS = [
  { from: '^src/kernel/', not: '^src/(?!kernel/)' },
  { from: '^src/kube/schema/', not: '^src/(?!kernel/|kube/schema/)' },
  { from: '^src/kube/(?!schema/)', not: '^src/(?!kernel/|kube/|telemetry/)' },
  { from: '^src/istio/', not: '^src/(?!kernel/|kube/schema/|istio/)' },
  { from: '^src/federation/api/', not: '^src/(?!kernel/|kube/schema/|federation/api/)' },
  { from: '^src/accesspoint/', not: '^src/(?!kernel/|kube/schema/|istio/|federation/api/|accesspoint/)' },
  { from: '^src/nameservice/', not: '^src/(?!kernel/|kube/schema/|istio/|federation/api/|accesspoint/|nameservice/)' },
  { from: '^src/pilot/', not: '^src/(federation/(?!api/)|accesspoint|nameservice|zone|citadel|demo|cli|console)/' },
  { from: '^src/citadel/', not: '^src/(federation/(?!api/)|accesspoint|nameservice|zone|pilot|demo|cli|console)/' },
  {
    from: '^src/zone/',
    not: '^src/(federation/(?!api/)|accesspoint/(?!weights/)|nameservice/(?!answer|index)|demo|cli|console)/',
  },
  { from: '^src/federation/', not: '^src/(zone|pilot|demo|cli)/' },
  { from: '^src/(?!cli/)', not: '^src/cli/' },
];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-code-does-no-io',
      severity: 'error',
      from: { path: PURE, pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^(node:)?(fs|fs/promises|net|http|https|http2|dgram|tls|dns|child_process|timers|worker_threads|perf_hooks)$|node_modules/(@nestjs|undici|@grpc)/',
      },
    },
    ...LAYERS.map(({ from, not }, index) => ({
      name: `layer-${index + 1}`,
      severity: 'error',
      from: { path: from, pathNot: '\\.spec\\.ts$' },
      to: { path: not },
    })),
    ...ROOMS.map((room) => ({
      name: `through-the-door-of-${room}`,
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/${room}/|\\.spec\\.ts$` },
      to: { path: `^src/${room}/`, pathNot: `^src/${room}/(index|[a-z-]+/index|[a-z-]+[.]module)[.]ts$` },
    })),
    {
      name: 'through-the-door-of-each-room-of-federation',
      severity: 'error',
      from: { path: '^src/federation/([^/]+)/', pathNot: '\\.spec\\.ts$|/testing/' },
      to: { path: '^src/federation/[^/]+/', pathNot: '^src/federation/$1/|^src/federation/[^/]+/index[.]ts$' },
    },
    {
      name: 'through-the-door-of-each-room-of-the-hub',
      severity: 'error',
      from: { path: '^src/federation/hub/([^/]+)/', pathNot: '\\.spec\\.ts$|/testing/' },
      to: {
        path: '^src/federation/hub/[^/]+/',
        pathNot: '^src/federation/hub/$1/|^src/federation/hub/[^/]+/index[.]ts$',
      },
    },
    {
      name: 'the-hub-through-the-doors-of-its-rooms',
      severity: 'error',
      from: { path: '^src/federation/hub/[^/]+$', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/federation/hub/[^/]+/', pathNot: '^src/federation/hub/[^/]+/index[.]ts$' },
    },
    {
      name: 'into-federation-through-a-door',
      severity: 'error',
      from: { path: '^src/(?!federation/)', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/federation/', pathNot: '^src/federation/(index|[a-z-]+/index)[.]ts$' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.spec\\.ts$|generated/' },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'generated/' },
  },
};
