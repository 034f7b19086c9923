/** Shells that completion is known for. */
export const shells = ['bash', 'zsh', 'fish'] as const;

/** One of `shells`. */
export type Shell = (typeof shells)[number];

/** Hidden command that answers what the scripts ask: one candidate a line, a tab, and what it means. */
export const COMPLETE_COMMAND = '__complete';

/** Where nothing is known, bash completes files. A colon in a word would end it, hence the list of candidates is not split by it. */
const bash = `_flotilla() {
  local candidates
  candidates=$(flotilla ${COMPLETE_COMMAND} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1)
  mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _flotilla flotilla
`;

const zsh = `#compdef flotilla
_flotilla() {
  local -a candidates
  local line
  while IFS= read -r line; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(flotilla ${COMPLETE_COMMAND} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then _describe flotilla candidates; else _files; fi
}
compdef _flotilla flotilla
`;

const fish = `function __flotilla_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (flotilla ${COMPLETE_COMMAND} -- $words[2..-1] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c flotilla -f -a '(__flotilla_complete)'
`;

/** What a shell has to read so that it completes command lines of flotilla. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
