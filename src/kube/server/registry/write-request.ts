import type { KubeObject } from '../../schema';
import type { ServedKind } from '../resources/served-kind';

/** Who asks: the outcome of authentication. */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What to do about fields that the schema does not know. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** The options of a write, read from its query and headers. */
export interface WriteOptions {
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** Owner of the written fields in `managedFields`. */
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  /** Called for each `Warning` header that the answer should carry. */
  readonly warn: (message: string) => void;
}

/** The options of a write that the server makes by itself, in the name of one of its controllers. */
export function systemWrites(controller: string): WriteOptions {
  return {
    user: { name: `system:controller:${controller}`, groups: ['system:masters'] },
    dryRun: false,
    fieldManager: 'flotilla-apiserver',
    fieldValidation: 'Ignore',
    warn: () => undefined,
  };
}

/** Which object a write is about. */
export interface Target {
  readonly kind: ServedKind;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  /** Empty when the server is to make the name. */
  readonly name: string;
  /** Empty for the object itself. */
  readonly subresource: string;
}

/** What admission sees of a write (admission.k8s.io/v1 AdmissionRequest). */
export interface AdmissionAttributes {
  readonly target: Target;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly options: WriteOptions;
  readonly object?: KubeObject;
  readonly live?: KubeObject;
}

/** Steps that may change or refuse a write between defaulting and validation. */
export interface Admission {
  /** The object, perhaps changed. @throws ApiError when refused */
  mutate(attributes: AdmissionAttributes): Promise<KubeObject | undefined>;
  /** @throws ApiError when refused */
  validate(attributes: AdmissionAttributes): Promise<void>;
}
