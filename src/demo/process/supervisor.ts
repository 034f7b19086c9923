import { FlotillaError } from '../../kernel';
import { ManagedProcess, type ProcessSurroundings } from './managed-process';
import type { ProcessSpec, ProcessState, ReadyLine } from './process-spec';

/** The processes of one fleet, by id. Nothing is restarted by itself: who runs the fleet decides. */
export class Supervisor {
  private readonly processes = new Map<string, ManagedProcess>();
  private closing = false;

  constructor(private readonly surroundings: ProcessSurroundings) {}

  /** Every process in the order of its first start. */
  list(): readonly { readonly id: string; readonly state: ProcessState; readonly logFile: string }[] {
    return [...this.processes.values()].map(({ spec, state }) => ({ id: spec.id, state, logFile: spec.logFile }));
  }

  /** Starts a process under a new id and waits until it is ready. */
  async start(spec: ProcessSpec): Promise<ReadyLine> {
    if (this.closing) throw stopped(spec.id);
    const created = new ManagedProcess(spec, this.surroundings);
    this.processes.set(spec.id, created);
    return created.start();
  }

  /** Ends a process with a signal, SIGKILL if none is given, and waits until it is gone. */
  async kill(id: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.find(id).kill(signal);
  }

  /** Starts a process again that was started before; one that still runs is stopped first. */
  async restart(id: string): Promise<ReadyLine> {
    const found = this.find(id);
    if (found.pid !== undefined) await found.stop();
    if (this.closing) throw stopped(id);
    return found.start();
  }

  /** The process id of a running process. */
  pidOf(id: string): number | undefined {
    return this.find(id).pid;
  }

  /** Stops everything, tier by tier from the highest; all of one tier at once. Nothing starts any more afterwards. */
  async stopAll(): Promise<void> {
    this.closing = true;
    const tiers = [...new Set([...this.processes.values()].map(({ spec }) => spec.tier))].sort((a, b) => b - a);
    for (const tier of tiers) {
      const members = [...this.processes.values()].filter(({ spec }) => spec.tier === tier);
      await Promise.all(members.map((member) => member.stop()));
    }
  }

  private find(id: string): ManagedProcess {
    const found = this.processes.get(id);
    if (found) return found;
    throw new FlotillaError(`the fleet has no process "${id}"`, {
      code: 'FLO6011',
      retry: 'never',
      hint: `it has: ${[...this.processes.keys()].join(', ')}`,
    });
  }
}

function stopped(id: string): FlotillaError {
  return new FlotillaError(`starting ${id} failed: the fleet is being stopped`, { code: 'FLO6013', retry: 'never' });
}
