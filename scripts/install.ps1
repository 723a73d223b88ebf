<#
.SYNOPSIS
Installs cmgr for this user, or takes it away again. No administrator, no change to PATH.

.DESCRIPTION
  irm https://github.com/cmgr-dev/cmgr/releases/latest/download/install.ps1 | iex

Variables: CMGR_VERSION, CMGR_INSTALL_DIR, and CMGR_RELEASES for a mirror.

.PARAMETER Version
A certain release instead of the latest.
.PARAMETER Dir
Where to put it instead of ~\.local\bin.
.PARAMETER Uninstall
Take it away; instances stay.
.PARAMETER Purge
With -Uninstall: all registered instances too.
.PARAMETER Yes
With -Purge: do not ask.
#>
param(
  [string]$Version = $(if ($env:CMGR_VERSION) { $env:CMGR_VERSION } else { 'latest' }),
  [string]$Dir = $(if ($env:CMGR_INSTALL_DIR) { $env:CMGR_INSTALL_DIR } else { Join-Path $env:USERPROFILE '.local\bin' }),
  [switch]$Uninstall,
  [switch]$Purge,
  [switch]$Yes
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$releases = if ($env:CMGR_RELEASES) { $env:CMGR_RELEASES } else { 'https://github.com/cmgr-dev/cmgr/releases' }
$target = 'x86_64-pc-windows-msvc'
$program = Join-Path $Dir 'cmgr.exe'

function Find-Machine {
  if ($env:OS -ne 'Windows_NT') { throw 'This script is for Windows; elsewhere, use install.sh' }
  # A 32-bit shell on a 64-bit system names the system in the second variable.
  $machine = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
  # Windows on ARM64 runs x86_64 programs itself.
  if ($machine -notin @('AMD64', 'ARM64')) { throw "There is no cmgr for the processor $machine" }
}

function Get-Release([string]$Name, [string]$File) {
  $from = if ($Version -eq 'latest') { "$releases/latest/download" } else { "$releases/download/v$($Version -replace '^v', '')" }
  $address = [Uri]"$from/$Name"
  $isLoopback = $address.Scheme -eq 'http' -and $address.Host -in @('127.0.0.1', 'localhost')
  if ($address.Scheme -ne 'https' -and -not $isLoopback) { throw "Only https addresses are used, not $address" }
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  $response = Invoke-WebRequest -Uri $address -OutFile $File -PassThru -UseBasicParsing
  # Windows PowerShell and PowerShell 7 name the address that redirects led to in different places.
  $base = $response.BaseResponse
  $came = if ($base.PSObject.Properties['ResponseUri']) { $base.ResponseUri } else { $base.RequestMessage.RequestUri }
  if ($came.Scheme -ne $address.Scheme) { throw "$address led to $came, which is not https" }
}

function Test-Download([string]$Folder, [string]$Name) {
  $pattern = '^([0-9a-f]{64}) [ *]' + [Regex]::Escape($Name) + '$'
  $lines = @(Get-Content -LiteralPath (Join-Path $Folder 'SHA256SUMS') | Where-Object { $_ -cmatch $pattern })
  if ($lines.Count -ne 1) { throw "SHA256SUMS has no checksum of $Name; nothing was installed" }
  $wanted = $lines[0].Substring(0, 64)
  $got = (Get-FileHash -LiteralPath (Join-Path $Folder $Name) -Algorithm SHA256).Hash.ToLowerInvariant()
  if ($got -cne $wanted) { throw "The checksum of $Name is wrong: $got instead of $wanted; nothing was installed" }
}

function Install-Cmgr {
  Find-Machine
  if ($Version -ne 'latest' -and $Version -notmatch '^[0-9A-Za-z.+-]+$') { throw "$Version is not a version" }
  if (Test-Path -LiteralPath $program -PathType Container) { throw "$program is a folder; move it out of the way" }
  New-Item -ItemType Directory -Force -Path $Dir | Out-Null
  # In the same folder, so that the new file takes the place of the old in one step.
  $work = Join-Path $Dir ".cmgr-install.$([Guid]::NewGuid())"
  New-Item -ItemType Directory -Path $work | Out-Null
  try {
    $archive = "cmgr-$target.zip"
    Write-Host "Downloading $archive"
    Get-Release 'SHA256SUMS' (Join-Path $work 'SHA256SUMS')
    Get-Release $archive (Join-Path $work $archive)
    Test-Download $work $archive
    Expand-Archive -LiteralPath (Join-Path $work $archive) -DestinationPath $work
    $fresh = Join-Path $work "cmgr-$target\cmgr.exe"
    $found = & $fresh --version
    if ($LASTEXITCODE -ne 0) { throw "The program in $archive does not run on this machine; nothing was installed" }
    if ($Version -ne 'latest' -and $found -ne ($Version -replace '^v', '')) { throw "$archive has version $found; nothing was installed" }
    if (Test-Path -LiteralPath $program) {
      # A program that runs can be moved away, and not be overwritten.
      [IO.File]::Replace($fresh, $program, (Join-Path $work 'old.exe'))
    } else {
      [IO.File]::Move($fresh, $program)
    }
    Write-Host "cmgr $found is at $program"
  } finally {
    # What still runs stays until the next time.
    Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
  }
  if (($env:PATH -split ';') -notcontains $Dir) {
    Write-Host 'That folder is not on your PATH. To add it for yourself:'
    Write-Host "  [Environment]::SetEnvironmentVariable('PATH', `"$Dir;`" + [Environment]::GetEnvironmentVariable('PATH', 'User'), 'User')"
  }
}

# Deletes the registered instances, by the cmgr that knows them; no other folder.
function Remove-Instances {
  if (-not (Test-Path -LiteralPath $program)) { throw "There is no $program to delete the instances with; nothing was deleted" }
  $list = & $program list --json
  if ($LASTEXITCODE -ne 0) { throw 'cmgr cannot tell which instances there are; nothing was deleted' }
  $instances = @((($list -join "`n") | ConvertFrom-Json).instances)
  foreach ($one in $instances) {
    if ($one.status -in @('running', 'leftover')) { throw "Processes of `"$($one.instance)`" run; nothing was deleted; stop it first: cmgr stop $($one.instance)" }
  }
  if ($instances -and -not $Yes) {
    Write-Host "These instances will be deleted with all files in their sandboxes: $($instances.instance -join ' ')"
    if ([Console]::IsInputRedirected -or (Read-Host 'Delete them? [y/N]') -ne 'y') { throw 'Nothing was deleted; if that is what you want, add -Yes' }
  }
  foreach ($one in $instances) {
    & $program remove $one.instance --purge --yes
    if ($LASTEXITCODE -ne 0) { throw "`"$($one.instance)`" was not deleted, and cmgr is still there" }
  }
}

function Uninstall-Cmgr {
  if ($Purge) { Remove-Instances }
  if (Test-Path -LiteralPath $program) {
    Remove-Item -LiteralPath $program -Force
    Write-Host "Deleted $program"
  } else {
    Write-Host "There is no $program"
  }
  $data = @('.cmgr', 'sandboxes') | ForEach-Object { Join-Path $env:USERPROFILE $_ } | Where-Object { Test-Path -LiteralPath $_ }
  if ($Purge) {
    Write-Host 'What else is in .cmgr (settings, trash) and sandboxes stays'
  } elseif ($data) {
    Write-Host "Your instances stay in $($data -join ' and '); -Purge deletes them too"
  }
}

if ($Uninstall) { Uninstall-Cmgr }
elseif ($Purge) { throw '-Purge goes with -Uninstall' }
else { Install-Cmgr }
