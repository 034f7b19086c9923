import { readFile } from 'node:fs/promises';
import type { Kubectl } from '../tools/kubectl';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username?: string };
  readonly objectRef?: { readonly apiGroup?: string; readonly resource: string; readonly subresource?: string };
}

/** What the roles of a service account allow, `verb resource.group`, sorted. Paths are left out, and so is `list`: whoever watches lists. */
export async function grantsOf(kubectl: Kubectl, account: string): Promise<readonly string[]> {
  const kinds = ['clusterrole', 'role'];
  const outputs = await Promise.all(
    kinds.map((kind) => kubectl.attempt(['get', kind, account, '-n', 'flotilla-system', '-o', 'json'])),
  );
  const rules = outputs.flatMap(({ code, stdout }) =>
    code === 0 ? (JSON.parse(stdout) as { rules: Rule[] }).rules : [],
  );
  const grants = rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => grant(verb, resource, group)))),
  );
  return [...new Set(grants)].filter((text) => !text.startsWith('list ')).sort();
}

/** What a service account did, by the audit log of an API server. */
export async function usesOf(auditLog: string, account: string): Promise<ReadonlySet<string>> {
  const lines = (await readFile(auditLog, 'utf8')).trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as AuditEvent);
  const own = events.filter(({ user }) => user.username === `system:serviceaccount:flotilla-system:${account}`);
  return new Set(
    own.flatMap(({ verb, objectRef }) => {
      if (objectRef === undefined) return [];
      const { resource, subresource, apiGroup = '' } = objectRef;
      return [grant(verb, subresource === undefined ? resource : `${resource}/${subresource}`, apiGroup)];
    }),
  );
}

function grant(verb: string, resource: string, group: string): string {
  return `${verb} ${group === '' ? resource : `${resource}.${group}`}`;
}
