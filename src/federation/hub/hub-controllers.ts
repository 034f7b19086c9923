import { Inject, Injectable } from '@nestjs/common';
import { OwnerControllers } from './owners';
import { StatusControllers } from './status-controllers';
import { MemberClusterController, type ZoneListener } from './zones';

/** The hub's controllers as one: started together, told of zones together, stopped together. */
@Injectable()
export class HubControllers implements ZoneListener {
  constructor(
    @Inject(StatusControllers) private readonly statuses: StatusControllers,
    @Inject(MemberClusterController) private readonly members: MemberClusterController,
    @Inject(OwnerControllers) private readonly owners: OwnerControllers,
  ) {}

  /** Begins to reconcile. The caches must be synced. */
  start(): void {
    this.statuses.start();
    this.members.start();
    this.owners.start();
  }

  /** Starts nothing more and waits for what runs. */
  async stop(): Promise<void> {
    await Promise.all([this.statuses, this.members, this.owners].map((controllers) => controllers.stop()));
  }

  /** Looks at everything again: this hub leads now. */
  onLeadership(): void {
    this.statuses.enqueueAll();
    this.onState();
  }

  onBundle(owner: string): void {
    this.owners.enqueue(owner);
  }

  onMember(name: string): void {
    this.members.enqueue(name);
  }

  onState(): void {
    this.members.enqueueAll();
    this.owners.enqueueAll();
  }
}
