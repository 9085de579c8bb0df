package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program that computes when it is ended leaves libtorch's objects alone, and keeps its exit code
 * and its shutdown hooks.
 */
class QuickExitTest {
  private static final int CODE = 7;
  private static final String SAID = "the hooks ran";

  @TempDir private Path folder;

  /** Computes until it is ended. */
  static final class Computing {
    private Computing() {}

    public static void main(String[] args) throws InterruptedException {
      if (Boolean.parseBoolean(args[0])) {
        Natives.skipDestructorsAtExit();
      }
      Thread thread = new Thread(Computing::endlessly);
      thread.setDaemon(true);
      thread.start();
      Natives.load();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println(SAID)));
      Thread.sleep(200);
      System.exit(CODE);
    }

    private static void endlessly() {
      while (true) {
        Memory.freeing(() -> Ops.silu(Noise.randn(0, 64, 64, 64)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @EnabledOnOs(OS.LINUX) // glibc's loader tells what it finishes
  void nothingOfLibtorchIsDestroyed(boolean skipped) throws IOException, InterruptedException {
    Path told = folder.resolve("loader");
    Path said = folder.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Computing.class.getName(),
                Boolean.toString(skipped))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().put("LD_DEBUG", "files");
    builder.environment().put("LD_DEBUG_OUTPUT", told.toString());
    Process process = builder.start();
    assertEquals(CODE, process.waitFor(), () -> text(said));
    assertEquals(List.of(SAID), Files.readAllLines(said));
    try (Stream<Path> files = Files.list(folder)) {
      boolean destroyed =
          files
              .filter(file -> file.getFileName().toString().startsWith("loader."))
              .anyMatch(file -> text(file).matches("(?s).*calling fini: \\S*libtorch_cpu.*"));
      assertEquals(!skipped, destroyed);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
