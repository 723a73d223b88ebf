/**
 * Scripts that call `cmgr complete`. Each defines one function, can be sourced twice, and evaluates
 * nothing that was typed; the one for bash needs no bash-completion package.
 */

export const completionShells = ["bash", "zsh", "fish", "powershell"] as const;

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
# zsh completion for cmgr
if [[ $funcstack[1] != _cmgr ]] && (( ! $+functions[compdef] )); then
  autoload -Uz compinit && compinit -i
fi
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

/**
 * Windows PowerShell and PowerShell before 7.3 drop an empty argument unless it is quoted twice.
 */
const powershell = `# PowerShell completion for cmgr
Register-ArgumentCompleter -Native -CommandName cmgr -ScriptBlock {
  param($word, $ast, $cursor)
  $words = @($ast.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursor } |
    ForEach-Object { if ($null -ne $_.Value) { "$($_.Value)" } else { $_.Extent.Text } })
  $last = "$word"
  if ($last -eq '' -and $PSVersionTable.PSVersion -lt [Version]'7.3') { $last = '""' }
  cmgr complete -- @words $last 2>$null | ForEach-Object {
    $value, $meaning = $_ -split "\`t", 2
    if (-not $meaning) { $meaning = $value }
    $text = if ($value -match '[^\w./:@%+=,-]') { "'" + $value.Replace("'", "''") + "'" } else { $value }
    [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $meaning)
  }
}
`;

export const scripts: Readonly<Record<CompletionShell, string>> = { bash, zsh, fish, powershell };

/** Commands that install them for one user. */
export const installs: Readonly<Record<CompletionShell, string>> = {
  bash: "cmgr completion bash >> ~/.bashrc",
  zsh: "cmgr completion zsh >> ~/.zshrc",
  fish: "mkdir -p ~/.config/fish/completions && " +
    "cmgr completion fish > ~/.config/fish/completions/cmgr.fish",
  powershell: "mkdir -Force (Split-Path $PROFILE); cmgr completion powershell >> $PROFILE",
};
