import type { AccessPoint, AccessPointSpec } from '../access-point';
import { type TemplateKind, templateKinds, templateName } from '../render/templates';
import type { TrafficTemplate } from '../schema/traffic';
import type { FindingParts } from './access-point-finding';

/** Checks of `spec.traffic` that need no rendering: each object is of its list's kind, in the access point's namespace, once. */
export function templateFindings({ metadata }: AccessPoint, { traffic }: AccessPointSpec): FindingParts[] {
  const namespace = metadata.namespace ?? 'default';
  return templateKinds.flatMap((templateKind) => {
    const templates = traffic?.[templateKind.list] ?? [];
    const names = templates.map((template) => templateName(template, metadata.name));
    return templates.flatMap((template, index) => {
      const path = `spec.traffic.${templateKind.list}[${index}]`;
      const twice = names.indexOf(names[index] ?? '') !== index;
      return [
        ...identityFindings(template, templateKind, namespace, path),
        ...(twice ? [duplicate(`${templateKind.kind} ${names[index] ?? ''}`, path)] : []),
      ];
    });
  });
}

function identityFindings(
  { apiVersion, kind, metadata }: TrafficTemplate,
  templateKind: TemplateKind,
  namespace: string,
  path: string,
): FindingParts[] {
  const findings: FindingParts[] = [];
  const wrong = (field: string, message: string, hint: string): void => {
    findings.push({ code: 'FLO3022', path: `${path}.${field}`, message, hint });
  };
  if (kind !== undefined && kind !== templateKind.kind)
    wrong('kind', `this list holds objects of kind ${templateKind.kind}`, 'move it to the list of its kind');
  const group = templateKind.apiVersion.split('/')[0] ?? '';
  if (apiVersion !== undefined && apiVersion.split('/')[0] !== group) {
    wrong('apiVersion', `kind ${templateKind.kind} is of ${templateKind.apiVersion}`, 'leave apiVersion out');
  }
  if (metadata?.namespace !== undefined && metadata.namespace !== namespace) {
    wrong(
      'metadata.namespace',
      `an access point makes objects in its own namespace "${namespace}" only`,
      'leave the namespace out',
    );
  }
  return findings;
}

function duplicate(object: string, path: string): FindingParts {
  return { code: 'FLO3022', path: `${path}.metadata.name`, message: `${object} is given twice`, hint: 'merge the two' };
}
