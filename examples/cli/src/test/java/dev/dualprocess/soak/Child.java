package dev.dualprocess.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Processes that run a class of this class path, on one thread of libtorch. */
final class Child {
  private Child() {}

  static Process start(Class<?> main, List<String> options, List<String> args, Path log)
      throws IOException {
    return start(main, options, args, log, Map.of());
  }

  static Process start(
      Class<?> main, List<String> options, List<String> args, Path log, Map<String, String> more)
      throws IOException {
    return start(List.of(), main, options, args, log, more);
  }

  /** With another program in front, which runs the rest of its line. */
  static Process start(
      List<String> prefix,
      Class<?> main,
      List<String> options,
      List<String> args,
      Path log,
      Map<String, String> more)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(args);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    builder.environment().putAll(more);
    return builder.start();
  }

  /** A file's text so far. */
  static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }
}
