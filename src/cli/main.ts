import { runCommandLine } from './command-line';
import { reportAndExit } from './report-error';

// Who reads the output may have seen enough, as `| head` does: that is no error of ours, and nobody is there to be told.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code === 'EPIPE') process.exit(0);
  throw cause;
});

runCommandLine(process.argv.slice(2)).catch(reportAndExit);
