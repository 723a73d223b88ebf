# Starts the app once more, which hands its arguments to the one that runs, and ends with its exit
# code. Given: file; line, its arguments.
$rest = @{}
if ($given.line) { $rest.ArgumentList = $given.line }
$env:PSModulePath = $inheritedModules
$app = Start-Process -FilePath $given.file @rest -PassThru
# Without a handle its exit code would be lost.
$null = $app.Handle
$app.WaitForExit()
exit $app.ExitCode
