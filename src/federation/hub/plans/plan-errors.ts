import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { toFlotillaError } from '../../../kernel';

/** The part of an Express response that answers need. */
interface Answer {
  status(code: number): Answer;
  json(body: unknown): void;
}

const STATUS: Readonly<Record<string, number>> = { FLO3085: 400, FLO3110: 400, FLO3111: 401, FLO3112: 403 };

/** Errors as JSON: code, message, hint. What the hub's API server refuses, or cannot be asked, is a bad gateway. */
@Catch()
export class PlanErrors implements ExceptionFilter {
  catch(cause: unknown, host: ArgumentsHost): void {
    const answer = host.switchToHttp().getResponse<Answer>();
    if (cause instanceof HttpException) {
      answer.status(cause.getStatus()).json({ message: cause.message });
      return;
    }
    const { code, message, hint } = toFlotillaError(cause);
    answer.status(STATUS[code] ?? 502).json({ code, message, ...(hint === undefined ? {} : { hint }) });
  }
}
