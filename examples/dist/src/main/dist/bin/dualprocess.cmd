@echo off
rem Runs the command line with the Java and the native libraries beside it. JAVA_OPTS may add options for the JVM.
setlocal
set "HOME_=%~dp0.."
set "PATH=%HOME_%\natives;%HOME_%\cuda;%PATH%"
"%HOME_%\java\bin\java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xms64m -XX:+AlwaysPreTouch ^
  -Djava.awt.headless=true "-Djava.library.path=%HOME_%\natives;%HOME_%\cuda" -Dorg.bytedeco.javacpp.pathsFirst=true ^
  "-Djna.boot.library.path=%HOME_%\natives" "-DRUST_LIBRARY_PATH=%HOME_%\natives\tokenizers.dll" "-Ddualprocess.plugins=%HOME_%\plugins" ^
  %JAVA_OPTS% -cp "%HOME_%\lib\*" dev.dualprocess.cli.DualProcess %*
