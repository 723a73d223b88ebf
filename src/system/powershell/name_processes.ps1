# Answers with { pid, name } for each process that is there. Given: pids.
foreach ($process in Get-Process -Id $given.pids -ErrorAction SilentlyContinue) {
  Write-Answer @{ pid = $process.Id; name = $process.ProcessName }
}
