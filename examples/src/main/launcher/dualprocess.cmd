@echo off
rem Runs the command line beside its jar and lib folder. JAVA_OPTS may add options for the JVM.
setlocal
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
"%JAVA%" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Djava.awt.headless=true -Dorg.bytedeco.javacpp.maxphysicalbytes=0 %JAVA_OPTS% -jar "%~dp0@JAR@" %*
