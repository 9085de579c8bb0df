package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the command line as a process of its own, to be killed or interrupted. */
public final class ProcessRun {
  private ProcessRun() {}

  public static Process start(List<String> args, Path log) throws IOException {
    return start(args, log, Map.of(), List.of());
  }

  /** With more variables in its environment and more options for its JVM. */
  public static Process start(
      List<String> args, Path log, Map<String, String> environment, List<String> options)
      throws IOException {
    return start(DualProcess.class, args, log, environment, options);
  }

  /** Of another main class. */
  static Process start(
      Class<?> main,
      List<String> args,
      Path log,
      Map<String, String> environment,
      List<String> options)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xms64m",
                "-XX:+AlwaysPreTouch",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(main.getName());
    command.addAll(args);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Waits until the process has told of that many steps. */
  public static void awaitSteps(Process process, Path log, int steps)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (told(log) < steps) {
      assertTrue(process.isAlive(), () -> "ended early: " + read(log));
      assertTrue(System.nanoTime() < deadline, "too slow");
      Thread.sleep(5);
    }
  }

  /** How many steps a run's log tells of. */
  public static long told(Path log) {
    return read(log).lines().filter(line -> line.contains("\"event\":\"step\"")).count();
  }

  /** A log so far. */
  public static String read(Path log) {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
