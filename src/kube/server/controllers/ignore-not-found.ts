import { ApiError } from '../api-error';

/** Runs a write on an object that may have gone meanwhile. */
export async function ignoreNotFound(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.reason !== 'NotFound') throw cause;
  }
}
