import { FlotillaError, systemClock } from '../../kernel';
import { readTexts } from '../read-objects';
import { styleFor } from '../terminal-style';
import { formatFindings, summarize } from '../validate/format-findings';
import { parseSource } from '../validate/source-object';
import { validateSources } from '../validate/validate-sources';

/** Options of `flotilla validate`. */
export interface ValidateOptions {
  readonly file: readonly string[];
  /** Who serves the proxies that Istio objects are for. */
  readonly primary?: string;
  readonly output?: string;
}

/**
 * Prints everything that is wrong or risky in files of Flotilla, Istio and Kubernetes objects, with file, line and column. Ends with exit code 1
 * when any finding is an error.
 * @throws FlotillaError FLO8800 when no file is given, FLO8809 for an unknown format, FLO8810 for an unknown primary, FLO3061 when a file cannot be read
 */
export async function run({ file, primary, output = 'text' }: ValidateOptions): Promise<void> {
  if (file.length === 0)
    throw new FlotillaError('nothing to validate: no file was given', {
      code: 'FLO8800',
      hint: 'name files or folders with -f',
    });
  if (!['text', 'json'].includes(output))
    throw new FlotillaError(`unknown output format "${output}"`, { code: 'FLO8809', hint: 'write text or json' });
  const served = parsePrimary(primary);
  const texts = await readTexts(file);
  const sources = texts.map(({ file: name, text }) => parseSource(name, text));
  const objects = sources.flatMap((source) => source.objects);
  const findings = [
    ...sources.flatMap((source) => source.findings),
    ...validateSources(objects, systemClock.nowMs(), served),
  ];
  const summary = summarize(findings, texts.length, objects.length);
  process.stdout.write(
    output === 'json'
      ? `${JSON.stringify({ findings, summary }, undefined, 2)}\n`
      : formatFindings(findings, summary, styleFor(process.stdout, process.env)),
  );
  process.exitCode = summary.errors > 0 ? 1 : 0;
}

function parsePrimary(text: string | undefined): 'flotilla' | 'istiod' | undefined {
  if (text === undefined || text === 'flotilla' || text === 'istiod') return text;
  throw new FlotillaError(`--primary ${text} is no kind of primary`, {
    code: 'FLO8810',
    hint: 'write flotilla or istiod; leave it out where MemberClusters tell',
  });
}
