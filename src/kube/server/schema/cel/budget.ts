import { CelCostError } from './cel-value';

/** Most work of one rule's evaluation, in CEL's cost units (Kubernetes: PerCallLimit). */
export const RULE_LIMIT = 1_000_000;
/** Most work of all rules over one object (Kubernetes: RuntimeCELCostBudget). */
export const OBJECT_LIMIT = 10_000_000;
/** Longest text that an expression may build. */
const TEXT_LIMIT = 4 * 1024 * 1024;

/** Counts the work of an evaluation and stops it when there is too much. */
export class Budget {
  private used = 0;

  constructor(private readonly limit: number = RULE_LIMIT) {}

  /** Units spent so far. */
  get spent(): number {
    return this.used;
  }

  /** @throws CelCostError when the limit is passed */
  spend(units: number): void {
    this.used += units;
    if (this.used > this.limit) throw new CelCostError();
  }

  /** Charges for reading or building a text of this length, before it is done. @throws CelCostError */
  spendText(length: number): void {
    if (length > TEXT_LIMIT) throw new CelCostError();
    this.spend(Math.ceil(length / 10));
  }
}
