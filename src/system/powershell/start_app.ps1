# Starts the app, answers with { pid, started, boot }, waits for it and notes how it ended: the
# number of this PowerShell and the exit code. Given: file; line, its arguments; output, errors and
# exit, files to write. Why an app cannot be started is written where its errors go.
$rest = @{}
if ($given.line) { $rest.ArgumentList = $given.line }
$env:PSModulePath = $inheritedModules
try {
  $app = Start-Process -FilePath $given.file @rest -PassThru -RedirectStandardOutput $given.output -RedirectStandardError $given.errors
} catch {
  [IO.File]::AppendAllText($given.errors, "$($_.Exception.Message)`n")
  exit 127
}
$env:PSModulePath = $ownModules
# Without a handle its exit code would be lost.
$null = $app.Handle
$identity = @{ pid = $app.Id; started = ''; boot = '' }
foreach ($process in Get-CimInstance -ClassName Win32_Process -Filter "ProcessId = 4 OR ProcessId = $($app.Id)" -Property 'ProcessId', 'CreationDate') {
  if ($process.ProcessId -eq 4) { $identity.boot = Get-Started $process } else { $identity.started = Get-Started $process }
}
Write-Answer $identity
$app.WaitForExit()
[IO.File]::WriteAllText($given.exit, "$PID $($app.ExitCode -band 4294967295)`n")
exit $app.ExitCode
