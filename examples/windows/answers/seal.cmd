@echo off
rem Runs in audit mode, from the medium with the answers (%~d0).

rem The virtio drivers, from the drive that contains them.
for %%d in (D E F G H) do if exist %%d:\virtio-win-gt-x64.msi msiexec /i %%d:\virtio-win-gt-x64.msi /qn /norestart

rem The agent of newer servers communicates over vsock.
for %%d in (D E F G H) do if exist %%d:\viosock\w11\amd64 pnputil /add-driver %%d:\viosock\w11\amd64\*.inf /install

rem The server's agent, from the drive that the server provides; `incus exec` and addresses need it.
for %%d in (D E F G H) do if exist %%d:\install.ps1 powershell -NoProfile -ExecutionPolicy Bypass -File %%d:\install.ps1

rem Otherwise Windows finds the answer file of Setup again at the first start, and seals a second time.
del /q C:\Windows\Panther\unattend.xml 2>nul
copy /y %~d0\oobe.xml C:\Windows\Panther\oobe.xml
rem Audit mode opens a sysprep window, which blocks a second sysprep process.
taskkill /f /im sysprep.exe 2>nul
C:\Windows\System32\Sysprep\sysprep.exe /generalize /oobe /shutdown /quiet /unattend:C:\Windows\Panther\oobe.xml
