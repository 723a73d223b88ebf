# Asks processes to close their windows, or kills them; answers with { pid } for each that was asked
# or killed. Given: processes, { pid, started }, of which those are skipped that have ended, also
# where another process has the number by now; kill.
$opened = @{}
foreach ($one in $given.processes) {
  $process = Get-Process -Id $one.pid -ErrorAction SilentlyContinue
  if (-not $process) { continue }
  # As long as a handle is open, no other process gets the number.
  try { $null = $process.Handle } catch { continue }
  $opened["$($one.pid)"] = @{ process = $process; started = $one.started }
}
foreach ($now in Get-CimInstance -ClassName Win32_Process -Property 'ProcessId', 'CreationDate') {
  $one = $opened["$($now.ProcessId)"]
  if (-not $one -or (Get-Started $now) -ne $one.started) { continue }
  try {
    if ($given.kill) { $one.process.Kill() } elseif (-not $one.process.CloseMainWindow()) { continue }
  } catch { continue } # it has ended meanwhile
  Write-Answer @{ pid = $now.ProcessId }
}
