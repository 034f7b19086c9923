/** What `--help` tells of a command beside its row: where it stands in the list of commands, and how it is used. */
export interface CommandHelp {
  /** Heading in the list of commands. */
  readonly group: string;
  /** Whole command lines, the most common one first. */
  readonly examples: readonly string[];
}

const OFFLINE = 'From files, without a server:';
const CHANGE = 'Look at a change, and make it:';
const SERVE = 'Run:';
const LEARN = 'Look up:';

/** By command; a test holds every command to have one, and every example to be understood. */
export const commandHelp: Readonly<Record<string, CommandHelp>> = {
  up: { group: SERVE, examples: ['flotilla up --data fleet', 'flotilla up --once --zones 2'] },
  hub: { group: SERVE, examples: ['flotilla hub --data hub --write-kubeconfig hub.kubeconfig'] },
  zone: { group: SERVE, examples: ['flotilla zone --cluster east-1 --kubeconfig east-1.kubeconfig'] },
  apiserver: { group: SERVE, examples: ['flotilla apiserver --data data --write-kubeconfig kubeconfig --crds istio'] },
  render: {
    group: OFFLINE,
    examples: ['flotilla render -f fleet --cluster east-1', 'cat checkout.yaml | flotilla render -f fleet -f -'],
  },
  plan: {
    group: CHANGE,
    examples: ['flotilla plan -f checkout.yaml --out plan.json', 'flotilla plan --base main/fleet -f fleet -o json'],
  },
  apply: { group: CHANGE, examples: ['flotilla apply -f checkout.yaml', 'flotilla apply --plan plan.json --yes'] },
  diff: { group: CHANGE, examples: ['flotilla diff', 'flotilla diff -f checkout.yaml'] },
  rollout: {
    group: CHANGE,
    examples: [
      'flotilla rollout status shop/checkout',
      'flotilla rollout promote shop/checkout --full',
      'flotilla rollout skip shop/checkout --cluster east-2-apps',
    ],
  },
  approve: { group: CHANGE, examples: ['flotilla approve shop/checkout --reason "looks good" --plan plan.json'] },
  reject: { group: CHANGE, examples: ['flotilla reject shop/checkout --reason "errors in the canary"'] },
  drain: {
    group: CHANGE,
    examples: ['flotilla drain east/east-2 shop/checkout --for 2h --reason "new power supply"'],
  },
  undrain: { group: CHANGE, examples: ['flotilla undrain east/east-2 shop/checkout'] },
  simulate: {
    group: OFFLINE,
    examples: [
      'flotilla simulate -f fleet --lose east/east-2',
      'flotilla simulate -f fleet --unhealthy east/east-1=50 --refuse-overload',
    ],
  },
  xds: {
    group: OFFLINE,
    examples: [
      'flotilla xds -f objects --node "router~10.0.0.1~web-1.istio-prod~istio-prod.svc.cluster.local" --type rds',
    ],
  },
  dns: { group: OFFLINE, examples: ['flotilla dns -f fleet --listen 127.0.0.1:5353 --client-zone west/west-1'] },
  validate: { group: OFFLINE, examples: ['flotilla validate -f fleet', 'flotilla validate -f fleet -o json'] },
  explain: {
    group: LEARN,
    examples: ['flotilla explain FLO8078', 'flotilla explain accesspoint.spec.runtime', 'flotilla explain'],
  },
  crds: { group: LEARN, examples: ['flotilla crds | kubectl apply --server-side -f -'] },
  completion: {
    group: LEARN,
    examples: [
      'source <(flotilla completion bash)',
      'flotilla completion fish > ~/.config/fish/completions/flotilla.fish',
    ],
  },
};
