package dev.dualprocess.cli.bulk;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process with the same Java, class path and options as this one.
 *
 * @param process that was started
 * @param name of it
 * @param log what it prints
 */
public record WorkerProcess(Process process, ProcessName name, Path log) {
  private static final int SIGNALLED = 128;

  /**
   * Starts one.
   *
   * @param main class of the program
   * @param log to which what it prints is added
   */
  public static WorkerProcess start(Class<?> main, List<String> args, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    options().forEach(command::add);
    command.add("-XX:ErrorFile=" + log.resolveSibling("crash-%p.log"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(args);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new WorkerProcess(process, ProcessName.of(process.toHandle()), log);
  }

  /** Without a debugger's, which has its port already. */
  private static Stream<String> options() {
    return Stream.concat(
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(option -> !option.startsWith("-agentlib:jdwp"))
            .filter(option -> !option.startsWith("-XX:ErrorFile")),
        Stream.of("--enable-native-access=ALL-UNNAMED"));
  }

  /** Asks it to stop after its step. */
  void stop() {
    try {
      OutputStream in = process.getOutputStream(); // open for as long as this process lives
      in.write(ParentLine.STOP.getBytes(StandardCharsets.UTF_8));
      in.flush();
    } catch (IOException e) {
      // It has ended.
    }
  }

  /** What became of a process that has ended. */
  String ending() {
    int code = process.exitValue();
    String how = code > SIGNALLED ? "signal " + (code - SIGNALLED) : "exit code " + code;
    return "its process ended with %s; see %s".formatted(how, log);
  }

  /** The last line that it printed. */
  public String lastLine() {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1)
          .lines()
          .filter(line -> !line.isBlank())
          .reduce((first, second) -> second)
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }
}
