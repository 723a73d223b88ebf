# Goes before every script. What a user wrote comes as JSON in a variable and is never part of a
# script. Each answer is a line of JSON in UTF-8, whatever the code page of the console is.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
# The path of PowerShell 7 leads Windows PowerShell to modules that it cannot load.
$inheritedModules = $env:PSModulePath
$env:PSModulePath = $ownModules = Join-Path $PSHOME 'Modules'
trap {
  [Console]::Error.WriteLine($_.Exception.Message)
  exit 1
}
$given = ConvertFrom-Json -InputObject $env:CMGR_GIVEN
Remove-Item -LiteralPath Env:CMGR_GIVEN
$standardOutput = [Console]::OpenStandardOutput()

function Write-Answer($Answer) {
  $bytes = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $Answer -Compress) + "`n")
  $standardOutput.Write($bytes, 0, $bytes.Length)
  $standardOutput.Flush()
}

# The time of creation tells a process from an earlier one with the same number: units of 100 ns
# since 1601, as text, since JSON's numbers are too small for it.
function Get-Started($Process) {
  if ($Process.CreationDate) { [string]$Process.CreationDate.ToFileTimeUtc() } else { '' }
}
