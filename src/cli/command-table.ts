import type { CommandRow, OptionRow } from './command-row';
import { COMPLETE_COMMAND } from './completion-scripts';

const files: OptionRow = {
  flags: '-f, --file <file>',
  description: 'file or folder of YAML or JSON objects',
  repeatable: true,
};
const output: OptionRow = { flags: '-o, --output <format>', description: 'yaml or json' };
const kubeconfig: OptionRow = { flags: '--kubeconfig <file>', description: 'kubeconfig of the hub, else KUBECONFIG' };
const clusterContext: OptionRow = {
  flags: '--cluster-context <cluster=context>',
  description: 'context of the kubeconfig that leads to a cluster; else the one of its name',
  repeatable: true,
};
const gateOptions: readonly OptionRow[] = [
  kubeconfig,
  { flags: '--reason <text>', description: 'why' },
  { flags: '--plan <file>', description: 'the saved plan that was looked at; its digest is written down' },
];
const demoOptions: readonly OptionRow[] = [
  { flags: '--plan <file>', description: 'plan of the demo fleet' },
  { flags: '--zone <zone>', description: 'region/zone' },
];

/** Every command, in the order of `--help`. */
export const commands: readonly CommandRow[] = [
  {
    name: 'up',
    summary: 'run the whole system on this machine: hub, zones, demo applications, gateways',
    options: [
      { flags: '--zones <count>', description: 'number of zones', initial: '3' },
      { flags: '--data <folder>', description: 'folder for state and logs' },
      { flags: '--once', description: 'prove the 99/1 split with real requests, print it, and end' },
      { flags: '--with-envoy', description: 'install the pinned Envoy into the cache folder first' },
      { flags: '-o, --output <format>', description: 'with --once: text or json' },
    ],
    load: () => import('./commands/up-command.js'),
  },
  {
    name: 'hub',
    summary: 'run the hub: the federation API and its controllers',
    options: [
      { flags: '--data <folder>', description: 'folder of the embedded API server' },
      { flags: '--host <address>', description: 'address of the embedded API server', initial: '127.0.0.1' },
      { flags: '--port <number>', description: 'port of the embedded API server, 0 for any', initial: '0' },
      { flags: '--write-kubeconfig <file>', description: 'write an admin kubeconfig of the embedded API server' },
      { flags: '--kubeconfig <file>', description: 'use this API server instead of the embedded one' },
      { flags: '--in-cluster', description: 'use the API server of the cluster that this pod runs in' },
      {
        flags: '--webhook <address>',
        description: 'host:port where that API server has objects checked before it takes them',
      },
      {
        flags: '--webhook-certificate <folder>',
        description: 'tls.crt and tls.key of the webhook; whoever made them writes the webhook configuration',
      },
      { flags: '--metrics <address>', description: 'host:port of /livez, /readyz and /metrics' },
      { flags: '--api <address>', description: 'host:port of the REST API for plans' },
      { flags: '--api-certificate <folder>', description: 'tls.crt and tls.key for it; else loopback only' },
    ],
    load: () => import('./commands/hub-command.js'),
  },
  {
    name: 'zone',
    summary: 'run a zone: agent, pilot and citadel beside its gateway cluster',
    options: [
      { flags: '--cluster <name>', description: 'name of the gateway cluster' },
      { flags: '--kubeconfig <file>', description: 'kubeconfig of the gateway cluster' },
      { flags: '--in-cluster', description: 'the gateway cluster is the one that this pod runs in' },
      { flags: '--xds <address>', description: 'plaintext xDS, loopback only', initial: '127.0.0.1:15010' },
      { flags: '--tls-xds <address>', description: 'xDS and certificate service over TLS', initial: '127.0.0.1:15012' },
      { flags: '--debug <address>', description: 'metrics and debug', initial: '127.0.0.1:15014' },
      { flags: '--webhook <address>', description: 'webhook that checks Istio objects, as istiod has on port 15017' },
      { flags: '--dns <address>', description: 'answer global names over UDP and TCP' },
      { flags: '--primary <kind>', description: 'who serves the proxies: flotilla or istiod', initial: 'flotilla' },
    ],
    load: () => import('./commands/zone-command.js'),
  },
  {
    name: 'apiserver',
    summary: 'run the embedded Kubernetes API server alone',
    options: [
      { flags: '--data <folder>', description: 'folder that keeps its state' },
      { flags: '--port <number>', description: 'port, 0 for any', initial: '0' },
      { flags: '--write-kubeconfig <file>', description: 'write an admin kubeconfig' },
      { flags: '--crds <set>', description: 'flotilla, istio, all or none', initial: 'none' },
    ],
    load: () => import('./commands/apiserver-command.js'),
  },
  {
    name: 'render',
    summary: 'render hub objects into the manifests of each cluster, offline',
    options: [files, { flags: '--cluster <name>', description: 'only this cluster' }, output],
    load: () => import('./commands/render-command.js'),
  },
  {
    name: 'plan',
    summary: 'show what a change does to every cluster before it happens',
    options: [
      { flags: '--base <folder>', description: 'the hub objects as they are, instead of a hub' },
      { ...files, description: 'the hub objects as they are to be; against a hub, those that change' },
      kubeconfig,
      clusterContext,
      { flags: '--delete', description: 'the objects of the files are to be deleted from the hub' },
      { flags: '--out <file>', description: 'save the plan, to simulate or apply exactly this' },
      { flags: '-o, --output <format>', description: 'text, wide, json, yaml or name' },
    ],
    load: () => import('./commands/plan-command.js'),
  },
  {
    name: 'apply',
    summary: 'plan a change, show it, ask, and write it to the hub',
    options: [
      files,
      { flags: '--plan <file>', description: 'a saved plan: applied as it was shown, or refused' },
      kubeconfig,
      clusterContext,
      { flags: '--delete', description: 'delete the objects of the files from the hub' },
      { flags: '--yes', description: 'do not ask' },
      { flags: '--force-conflicts', description: 'take over fields that others own on the hub' },
    ],
    load: () => import('./commands/apply-command.js'),
  },
  {
    name: 'diff',
    summary: 'show what files would change, or without files what clusters have that was not released to them',
    options: [
      files,
      kubeconfig,
      clusterContext,
      { flags: '-o, --output <format>', description: 'text, wide, json, yaml or name' },
    ],
    load: () => import('./commands/diff-command.js'),
  },
  {
    name: 'rollout',
    summary: 'show or steer the newest rollout: status, pause, resume, promote, abort, rollback, retry, skip',
    argument: '<verb> <namespace/name>',
    options: [
      kubeconfig,
      { flags: '--full', description: 'promote: pass every gate that is still to come' },
      { flags: '--cluster <name>', description: 'skip: the cluster that is not waited for' },
      { flags: '-o, --output <format>', description: 'text or json' },
    ],
    load: () => import('./commands/rollout-command.js'),
  },
  {
    name: 'approve',
    summary: 'approve the gate that a rollout waits at',
    argument: '<namespace/name>',
    options: gateOptions,
    load: () => import('./commands/approve-command.js'),
  },
  {
    name: 'reject',
    summary: 'reject the gate that a rollout waits at',
    argument: '<namespace/name>',
    options: gateOptions,
    load: () => import('./commands/reject-command.js'),
  },
  {
    name: 'drain',
    summary: 'send the traffic of an access point away from a zone, for a while',
    argument: '<region/zone> <namespace/name>',
    options: [
      kubeconfig,
      { flags: '--for <duration>', description: 'when it ends by itself', initial: '1h' },
      { flags: '--reason <text>', description: 'why' },
    ],
    load: () => import('./commands/drain-command.js'),
  },
  {
    name: 'undrain',
    summary: 'end a drain before its time',
    argument: '<region/zone> <namespace/name>',
    options: [kubeconfig],
    load: () => import('./commands/undrain-command.js'),
  },
  {
    name: 'simulate',
    summary: 'show where requests would go when a zone is lost, drained, half dead, or a plan is applied',
    options: [
      files,
      { flags: '--lose <region/zone>', description: 'a zone that is gone', repeatable: true },
      { flags: '--drain <region/zone>', description: 'a zone that is drained', repeatable: true },
      { flags: '--unhealthy <zone=percent>', description: 'pods of a zone that take no connections', repeatable: true },
      { flags: '--no-locality <region/zone>', description: 'a zone whose gateways have no locality', repeatable: true },
      { flags: '--pods <zone=count>', description: 'pods that a zone has of each access point', repeatable: true },
      { flags: '--plan <file>', description: 'a saved plan, taken as applied' },
      {
        flags: '--primary <kind>',
        description: 'who serves the proxies everywhere, flotilla or istiod; else whoever each zone reports',
      },
      { flags: '--refuse-overload', description: 'fail when a zone would get more than it declares it can serve' },
      { flags: '-o, --output <format>', description: 'text or json' },
    ],
    load: () => import('./commands/simulate-command.js'),
  },
  {
    name: 'xds',
    summary: 'translate Istio and Kubernetes objects into what a proxy would get, offline',
    options: [
      files,
      { flags: '--node <id>', description: 'type~ip~name.namespace~domain' },
      { flags: '--metadata <json>', description: 'node metadata' },
      { flags: '--locality <region/zone/subzone>', description: 'node locality' },
      { flags: '--type <type>', description: 'cds, eds, lds, rds, sds or all', initial: 'all' },
      output,
    ],
    load: () => import('./commands/xds-command.js'),
  },
  {
    name: 'dns',
    summary: 'serve the DNS answers of NameServices in files',
    options: [
      files,
      { flags: '--listen <address>', description: 'host:port, UDP and TCP', initial: '127.0.0.1:5353' },
      { flags: '--client-zone <region/zone>', description: 'zone that clients are taken to be in' },
      { flags: '--origin <name>', description: 'apex that this server is the authority of', repeatable: true },
    ],
    load: () => import('./commands/dns-command.js'),
  },
  {
    name: 'validate',
    summary: 'check files of Flotilla, Istio and Kubernetes objects; every finding with file and line',
    options: [
      files,
      { flags: '--primary <kind>', description: 'who serves the proxies of Istio objects: flotilla or istiod' },
      { flags: '-o, --output <format>', description: 'text or json' },
    ],
    load: () => import('./commands/validate-command.js'),
  },
  {
    name: 'explain',
    summary: 'say what a code means and what to do about it, or what a field is for',
    argument: '[code|kind.field]',
    takesCommands: true,
    options: [
      {
        flags: '--reference <folder>',
        description: 'write the reference of findings and commands in Markdown instead',
      },
      { flags: '-o, --output <format>', description: 'text or json' },
    ],
    load: () => import('./commands/explain-command.js'),
  },
  {
    name: 'crds',
    summary: 'print the CustomResourceDefinitions of the hub and the zones',
    options: [
      { flags: '--out <folder>', description: 'write one file per kind instead' },
      { flags: '--reference <file>', description: 'write the API reference in Markdown' },
      output,
    ],
    load: () => import('./commands/crds-command.js'),
  },
  {
    name: 'completion',
    summary: 'print the script by which a shell completes command lines: bash, zsh or fish',
    argument: '<shell>',
    options: [],
    load: () => import('./commands/completion-command.js'),
  },
  {
    name: COMPLETE_COMMAND,
    summary: 'answer what the completion scripts of shells ask',
    hidden: true,
    argument: '[words...]',
    takesCommands: true,
    options: [],
    load: () => import('./commands/complete-command.js'),
  },
  {
    name: 'demo-workloads',
    summary: 'run the applications of one demo zone (started by up)',
    hidden: true,
    options: demoOptions,
    load: () => import('./commands/demo-workloads-command.js'),
  },
  {
    name: 'demo-client',
    summary: 'run the client of one demo zone (started by up)',
    hidden: true,
    options: demoOptions,
    load: () => import('./commands/demo-client-command.js'),
  },
  {
    name: 'demo-guard',
    summary: 'end the processes named on stdin when it closes (started by up)',
    hidden: true,
    options: [],
    load: () => import('./commands/demo-guard-command.js'),
  },
];
