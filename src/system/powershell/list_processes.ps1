# Answers with { pid, parent, started, name, command } for each process. The command line of another
# user's process is null.
$properties = 'ProcessId', 'ParentProcessId', 'CreationDate', 'Name', 'CommandLine'
foreach ($process in Get-CimInstance -ClassName Win32_Process -Property $properties) {
  Write-Answer @{
    pid = $process.ProcessId
    parent = $process.ParentProcessId
    started = Get-Started $process
    name = $process.Name
    command = $process.CommandLine
  }
}
