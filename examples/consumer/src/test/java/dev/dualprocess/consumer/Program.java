package dev.dualprocess.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that a person would start, run to its end. */
final class Program {
  private static final int MINUTES = 8;

  private Program() {}

  /**
   * Maven, as the user calls it, in {@code folder} with that local repository; the output goes to a
   * log beside it.
   */
  static String maven(Path folder, Path repository, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("maven.home"), "bin", "mvn").toString());
    command.addAll(List.of("-B", "-ntp", "-Dmaven.repo.local=" + repository.toAbsolutePath()));
    command.add("-Ddualprocess.version=" + ReactorRepository.version());
    command.add("-Dnatives=" + System.getProperty("natives"));
    command.addAll(List.of(arguments));
    return run(folder, command);
  }

  /** {@code java} of that home with no environment but the one that every shell has. */
  static String java(Path home, Path folder, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/java").toString());
    command.addAll(List.of(arguments));
    return run(folder, command);
  }

  /** The home of the JVM that runs this. */
  static Path javaHome() {
    return Path.of(System.getProperty("java.home"));
  }

  /** JDKs beside that one which are newer. */
  static List<Path> newerJavas() throws IOException {
    try (var beside = Files.list(javaHome().getParent())) {
      return beside
          .filter(home -> !Files.isSymbolicLink(home))
          .filter(home -> Files.isExecutable(home.resolve("bin/java")))
          .filter(home -> feature(home) > Runtime.version().feature())
          .sorted()
          .toList();
    }
  }

  /** The feature number in a JDK's {@code release} file; 0 if it has none. */
  private static int feature(Path home) {
    try {
      String release = Files.readString(home.resolve("release"));
      int start = release.indexOf("JAVA_VERSION=\"") + "JAVA_VERSION=\"".length();
      return Runtime.Version.parse(release.substring(start, release.indexOf('"', start))).feature();
    } catch (IOException | RuntimeException e) {
      return 0;
    }
  }

  /** A class path of all jars in a folder and what is named besides. */
  static String classPath(Path lib, Object... besides) {
    StringBuilder path = new StringBuilder(lib.resolve("*").toString());
    for (Object each : besides) {
      path.append(File.pathSeparator).append(each);
    }
    return path.toString();
  }

  /** Runs it in {@code folder}; what it wrote to both streams. Fails unless it ends with 0. */
  static String run(Path folder, List<String> command) throws Exception {
    Path log = Files.createTempFile(folder, "output", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // Settings of the test's own JVM are not a stranger's.
    builder.environment().keySet().removeAll(List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"));
    builder.environment().keySet().removeAll(List.of("MAVEN_OPTS", "JAVA_TOOL_OPTIONS"));
    Process process = builder.start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();
    String output = Files.readString(log);
    assertEquals(0, ended ? process.exitValue() : -1, () -> String.join(" ", command) + output);
    return output;
  }
}
