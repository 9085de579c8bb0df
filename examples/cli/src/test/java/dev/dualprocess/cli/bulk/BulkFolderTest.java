package dev.dualprocess.cli.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.bulk.Attempt.Outcome;
import dev.dualprocess.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has a job, and who may take it over. */
class BulkFolderTest {
  private static final Job JOB = new Job("beach", List.of("--prompt=a beach"), List.of(), 0);

  @TempDir private Path temporary;
  private BulkFolder folder;

  @BeforeEach
  void open() throws IOException {
    folder = BulkFolder.open(temporary, new Pulse(Duration.ofMillis(200)));
  }

  private Standing standing() throws IOException {
    return folder.standings(List.of(JOB), 1).get(JOB);
  }

  private static Attempt attempt(int number, ProcessName by) {
    return Attempt.begun(number, JOB, by, "cpu");
  }

  /** A process of this machine that has ended. */
  private static ProcessName dead() throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process = new ProcessBuilder(java.toString(), "-version").start();
    ProcessName name = ProcessName.of(process.toHandle());
    process.waitFor();
    return name;
  }

  @Test
  void oneOfManyHasIt() throws Exception {
    int many = 8;
    ExecutorService threads = Executors.newFixedThreadPool(many);
    CountDownLatch start = new CountDownLatch(1);
    Standing seen = standing();
    List<Future<Boolean>> claims =
        IntStream.range(0, many)
            .mapToObj(
                i ->
                    threads.submit(
                        () -> {
                          start.await();
                          return folder.claim(JOB, seen, "cpu").isPresent();
                        }))
            .toList();
    start.countDown();
    int won = 0;
    for (Future<Boolean> claim : claims) {
      won += claim.get() ? 1 : 0;
    }
    threads.shutdown();
    assertEquals(1, won);
    assertEquals(JobState.RUNNING, standing().state());
  }

  @Test
  void aProcessThatHasEndedHasNothing() throws Exception {
    folder.note(JOB, attempt(1, dead()));
    assertEquals(JobState.WAITING, standing().state());
    assertEquals(2, folder.claim(JOB, standing(), "cpu").orElseThrow().number());
    assertEquals(JobState.RUNNING, standing().state());
  }

  @Test
  void failuresCountUntilTheyAreForgiven() throws IOException {
    folder.note(JOB, attempt(1, ProcessName.mine()).ended(Outcome.FAILED, "first", 1));
    assertEquals(JobState.WAITING, standing().state());
    folder.note(JOB, attempt(2, ProcessName.mine()).ended(Outcome.STOPPED, "", 1));
    assertEquals(JobState.WAITING, standing().state());
    folder.note(JOB, attempt(3, ProcessName.mine()).ended(Outcome.FAILED, "last", 1));
    assertEquals(JobState.FAILED, standing().state());
    assertEquals("last", standing().reason());
    folder.forgive(List.of(JOB));
    assertEquals(JobState.WAITING, standing().state());
  }

  @Test
  void anotherMachineHasItForAsLongAsItTouchesItsFile() throws Exception {
    ProcessName elsewhere = new ProcessName(1, "no-host-of-ours", 1);
    folder.note(JOB, attempt(1, elsewhere));
    assertEquals(JobState.RUNNING, standing().state());
    Path file = temporary.resolve(".bulk/tries/beach.1.json");
    for (int i = 0; i < 3; i++) {
      Thread.sleep(120);
      Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(i));
      assertEquals(JobState.RUNNING, standing().state());
    }
    Thread.sleep(300);
    assertEquals(JobState.WAITING, standing().state());
    Files.createDirectories(folder.run(JOB));
    Path lock = folder.run(JOB).resolve(".lock");
    Files.writeString(lock, "{\"pid\":1,\"host\":\"no-host-of-ours\"}");
    assertThrows(IOException.class, () -> RunFolder.open(folder.run(JOB)));
    assertTrue(folder.claim(JOB, standing(), "cpu").isPresent());
    RunFolder.open(folder.run(JOB)).close();
  }

  @Test
  void whoeverIsLateFindsItDone() throws Exception {
    Attempt other = attempt(1, dead());
    folder.note(JOB, other);
    Standing seen = standing();
    folder.note(JOB, other.ended(Outcome.DONE, "", 1));
    assertFalse(folder.claim(JOB, seen, "cpu").isPresent());
    assertEquals(JobState.DONE, standing().state());
  }

  @Test
  void anotherJobOfThatNameIsRefused() throws IOException {
    folder.note(JOB, attempt(1, ProcessName.mine()));
    folder.requireSame(List.of(JOB));
    Job other = new Job("beach", List.of("--prompt=another"), List.of(), 0);
    String told =
        assertThrows(IOException.class, () -> folder.requireSame(List.of(other))).getMessage();
    assertTrue(told.contains("'beach'") && told.contains("other options"), told);
  }
}
