import { runCommandLine } from './command-line';
import { reportAndExit } from './report-error';

runCommandLine(process.argv.slice(2)).catch(reportAndExit);
