import { rolloutKind } from '../../federation/api';
import { FlotillaError } from '../../kernel';
import { findRollout } from '../find-rollout';
import { formatRollout } from '../format-rollout';
import { openHub } from '../hub-client';
import { ROLLOUT_VERBS, type RolloutVerb, steer, type VerbOptions } from '../rollout-verbs';
import { styleFor } from '../terminal-style';

/** Options of `flotilla rollout VERB NAMESPACE/NAME`. */
export interface RolloutOptions extends VerbOptions {
  readonly arguments: readonly string[];
  readonly kubeconfig?: string;
  readonly output?: string;
}

/**
 * Shows the newest rollout of an owner, or steers it.
 * @throws FlotillaError FLO3095 when the verb means nothing now, FLO3096 without a rollout, FLO3097 for an unknown verb, and what the hub's API
 *   server answers
 */
export async function run(options: RolloutOptions): Promise<void> {
  const [verb = '', target = ''] = options.arguments;
  if (verb !== 'status' && !isVerb(verb)) throw unknownVerb(verb);
  const client = await openHub(options.kubeconfig);
  try {
    const rollout = await findRollout(client, target);
    if (verb === 'status') return show(options, rollout);
    const { name, namespace } = rollout.metadata;
    const spec = steer(rollout, verb, options);
    await client.patch(rolloutKind, name, namespace, { spec }, { type: 'merge' });
    process.stdout.write(`hub  Rollout ${namespace ?? 'default'}/${name}  ${verb}\n`);
  } finally {
    await client.close();
  }
}

function show({ output = 'text' }: RolloutOptions, rollout: Parameters<typeof formatRollout>[0]): void {
  if (output === 'json') process.stdout.write(`${JSON.stringify(rollout, undefined, 2)}\n`);
  else if (output === 'text') process.stdout.write(formatRollout(rollout, styleFor(process.stdout, process.env)));
  else throw new FlotillaError(`unknown output format "${output}"`, { code: 'FLO3082', hint: 'write text or json' });
}

function isVerb(text: string): text is RolloutVerb {
  return ROLLOUT_VERBS.some((verb) => verb === text);
}

function unknownVerb(verb: string): FlotillaError {
  return new FlotillaError(`a rollout has no verb "${verb}"`, {
    code: 'FLO3097',
    retry: 'after-change',
    hint: `write one of status, ${ROLLOUT_VERBS.join(', ')}`,
  });
}
