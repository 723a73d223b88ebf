# Answers with { found }, the full path of the first program that is there. Given: programs, names or
# paths; package, the { family } of an MSIX package to look for after those and the { program } in
# it, or null.
foreach ($program in $given.programs) {
  if ($program -match '[\\/]') {
    if (Test-Path -LiteralPath $program -PathType Leaf) {
      Write-Answer @{ found = (Get-Item -LiteralPath $program -Force).FullName }
      exit
    }
  } else {
    $name = [Management.Automation.WildcardPattern]::Escape($program)
    $commands = @(Get-Command -Name $name -CommandType Application -ErrorAction SilentlyContinue)
    if ($commands) {
      Write-Answer @{ found = $commands[0].Source }
      exit
    }
  }
}
if ($given.package) {
  # Some editions of Windows have no such packages, and no command for them.
  $packages = try { @(Get-AppxPackage) } catch { @() }
  $newest = $packages | Where-Object { $_.PackageFamilyName -eq $given.package.family } |
    Sort-Object -Property { [version]$_.Version } | Select-Object -Last 1
  if ($newest) { Write-Answer @{ found = Join-Path $newest.InstallLocation $given.package.program } }
}
