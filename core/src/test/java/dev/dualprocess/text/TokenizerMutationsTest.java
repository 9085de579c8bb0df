package dev.dualprocess.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.testing.Soak;
import dev.dualprocess.testing.SoakRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged tokenizers end no process, in the time and memory that they may take. As many as {@code
 * -Dtokenizer.mutations} says, from the seed {@code -Dtokenizer.seed}; the process that reads them
 * says which it is at, so that the one that ended it is known.
 */
@Tag("soak")
class TokenizerMutationsTest {
  private static final int MUTATIONS =
      Integer.getInteger("tokenizer.mutations", Soak.times(20_000));

  @TempDir Path folder;

  @Test
  void noDamageEndsTheProcess() throws Exception {
    Path log = folder.resolve("log");
    Path journal = folder.resolve("journal");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-Xmx512m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    TokenizerMutationRun.class.getName(),
                    Long.getLong("tokenizer.seed", 0).toString(),
                    Integer.toString(MUTATIONS),
                    journal.toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int status = process.waitFor();
    String told = Files.readString(log);
    assertEquals(0, status, () -> "at seed " + journal(journal) + ": " + told);
    long refused =
        told.lines()
            .filter(line -> line.startsWith("refused "))
            .mapToLong(line -> Long.parseLong(line.substring("refused ".length())))
            .findFirst()
            .orElseThrow(() -> new AssertionError(told));
    assertTrue(refused > 0 && refused < MUTATIONS, told);
    Soak.tell(
        new SoakRow("mutations: tokenizers", MUTATIONS, refused, MUTATIONS - refused, 0, 0, 0));
  }

  private static String journal(Path journal) {
    try {
      return Files.readString(journal);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
