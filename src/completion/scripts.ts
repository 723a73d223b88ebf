/**
 * Short scripts that ask `cmgr complete`. They define one function each, can be sourced twice,
 * evaluate nothing that was typed, and the one for bash needs no bash-completion package.
 */

export const completionShells = ["bash", "zsh", "fish"] as const;

export type CompletionShell = typeof completionShells[number];

const bash = `# bash completion for cmgr; needs no other package
_cmgr() {
  local i at=-1 previous= line word
  local -a words=()
  COMPREPLY=()
  # bash takes --shell=fish apart at the equals sign.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((at >= 0)) && [[ $word == = || $previous == = ]]; then
      words[at]+=$word
    else
      at=$((at + 1))
      words[at]=$word
    fi
    previous=$word
  done
  word=\${words[at]}
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    if [[ $word == -*=* ]]; then line=\${line#*=}; fi
    COMPREPLY+=("$(printf '%q' "$line")")
  done < <(cmgr complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _cmgr cmgr
`;

const zsh = `#compdef cmgr
# zsh completion for cmgr; needs compinit
_cmgr() {
  local line
  local -a candidates
  while IFS= read -r line; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(cmgr complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  _describe cmgr candidates
}
if [[ $funcstack[1] == _cmgr ]]; then _cmgr "$@"; else compdef _cmgr cmgr; fi
`;

const fish = `# fish completion for cmgr
function __cmgr_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    cmgr complete -- $words[2..-1] "$last" 2>/dev/null
end
complete -c cmgr -f -a '(__cmgr_complete)'
`;

export const scripts: Readonly<Record<CompletionShell, string>> = { bash, zsh, fish };

/** The command that installs each, for one user. */
export const installs: Readonly<Record<CompletionShell, string>> = {
  bash: "cmgr completion bash >> ~/.bashrc",
  zsh: "cmgr completion zsh >> ~/.zshrc",
  fish: "cmgr completion fish > ~/.config/fish/completions/cmgr.fish",
};
