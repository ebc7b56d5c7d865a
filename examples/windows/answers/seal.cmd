@echo off
rem Runs in audit mode, from the medium with the answers (%~d0).

rem Drivers of virtio, from whichever drive has them.
for %%d in (D E F G H) do if exist %%d:\virtio-win-gt-x64.msi msiexec /i %%d:\virtio-win-gt-x64.msi /qn /norestart

rem The agent of newer servers talks over vsock.
for %%d in (D E F G H) do if exist %%d:\viosock\w11\amd64 pnputil /add-driver %%d:\viosock\w11\amd64\*.inf /install

rem The server's own agent, from the drive that the server makes; `incus exec` and addresses need it.
for %%d in (D E F G H) do if exist %%d:\install.ps1 powershell -NoProfile -ExecutionPolicy Bypass -File %%d:\install.ps1

rem The answer file of Setup would be found again at the first start, and seal a second time.
del /q C:\Windows\Panther\unattend.xml 2>nul
copy /y %~d0\oobe.xml C:\Windows\Panther\oobe.xml
rem Audit mode opens a window of sysprep, beside which no second one works.
taskkill /f /im sysprep.exe 2>nul
C:\Windows\System32\Sysprep\sysprep.exe /generalize /oobe /shutdown /quiet /unattend:C:\Windows\Panther\oobe.xml
