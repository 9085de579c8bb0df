@echo off
rem Runs the command line beside its jar and lib folder. JAVA_OPTS may add options for the JVM.
setlocal
rem Threads that wait for each other should not keep the cores busy.
if not defined OPENBLAS_THREAD_TIMEOUT set "OPENBLAS_THREAD_TIMEOUT=4"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
"%JAVA%" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xms64m -XX:+AlwaysPreTouch -Djava.awt.headless=true "-Ddualprocess.plugins=%~dp0plugins" %JAVA_OPTS% -jar "%~dp0@JAR@" %*
