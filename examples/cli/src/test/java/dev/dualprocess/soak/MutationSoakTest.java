package dev.dualprocess.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.testing.Soak;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spoilt inputs are read, or refused in one line, soon and in little memory. */
@Tag("soak")
class MutationSoakTest {
  private static final int MOST_ENDS = 100;

  /** READER:SEED, to read that input alone; see the process's output. */
  private static final String ONE = System.getProperty("soak.input", "");

  private static final List<String> JVM =
      List.of(
          "-Xms512m",
          "-Xmx512m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
          "-Djava.awt.headless=true",
          "-Dai.djl.offline=true");

  @TempDir private Path folder;

  private int run(String what) throws IOException, InterruptedException {
    Path log = folder.resolve("log.txt");
    List<String> args = List.of(folder.toString(), what);
    int exitCode = Child.start(MutationProcess.class, JVM, args, log).waitFor();
    if (!ONE.isEmpty()) {
      System.out.println(Files.readString(log));
    }
    return exitCode;
  }

  @Test
  void everySpoiltInputIsReadOrRefused() throws IOException, InterruptedException {
    if (!ONE.isEmpty()) {
      assertEquals(0, run(ONE));
      return;
    }
    int ends = 0;
    for (int exitCode = run(Soak.part()); exitCode != 0; exitCode = run(Soak.part())) {
      assertTrue(ends++ < MOST_ENDS, () -> Child.read(folder.resolve("log.txt")));
      if (exitCode != MutationProcess.TOO_SLOW) {
        noteEnd(exitCode);
      }
    }
    assertEquals("", tellRows());
  }

  private List<String> names() throws IOException {
    return Files.readAllLines(folder.resolve(MutationProcess.NAMES));
  }

  private Tally tally() throws IOException {
    return new Tally(folder.resolve(MutationProcess.TALLY), names().size());
  }

  /** The process ended while it read an input. */
  private void noteEnd(int exitCode) throws IOException {
    Tally tally = tally();
    String line =
        "%s:%d ended the process with %d%n"
            .formatted(names().get(tally.reader()), tally.seed(tally.reader()), exitCode);
    Files.writeString(
        folder.resolve(MutationProcess.FAULTS),
        line,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    tally.note(Outcome.ABORTED);
  }

  /** Puts the rows into the table; the faults. */
  private String tellRows() throws IOException {
    List<String> names = names();
    for (int i = 0; i < names.size(); i++) {
      Soak.tell(tally().row(i, names.get(i)));
    }
    return Child.read(folder.resolve(MutationProcess.FAULTS));
  }
}
