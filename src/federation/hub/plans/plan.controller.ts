import { Body, Controller, Headers, HttpCode, Inject, Post, UseFilters } from '@nestjs/common';
import type { KubeClient } from '../../../kube';
import type { ChangePlan } from '../../plan';
import { admitCaller } from './caller-access';
import { PlanErrors } from './plan-errors';
import { planOnHub } from './plan-on-hub';
import { parsePlanRequest } from './plan-request';

/** Injection token of the client of the hub's API server. */
export const HUB_CLIENT = Symbol('HubClient');

/** `POST /api/v1/plans`: what a change would do, as `flotilla plan -o json` prints it. Changes nothing. */
@Controller('api/v1/plans')
@UseFilters(PlanErrors)
export class PlanController {
  constructor(@Inject(HUB_CLIENT) private readonly client: KubeClient) {}

  @Post()
  @HttpCode(200)
  async plan(@Body() body: unknown, @Headers('authorization') authorization?: string): Promise<ChangePlan> {
    await admitCaller(this.client, authorization);
    const { plan } = await planOnHub(this.client, parsePlanRequest(body));
    return plan;
  }
}
