package dev.dualprocess.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.cli.bulk.JobResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs are put whole or not at all, on file systems that differ in how they rename. */
@DisabledOnOs(OS.WINDOWS) // where Hadoop wants programs of its own
class RunStoreTest {
  private static final Job JOB = new Job("job", List.of("--prompt=a beach"), List.of("tag"), 2);

  @TempDir private Path temporary;

  private RunStore store(String scheme) throws IOException {
    return new RunStore(scheme + ":" + temporary.resolve("out"), InsideFileSystem.configuration());
  }

  private Path out() {
    return temporary.resolve("out");
  }

  /** A run whose files say which try made them. */
  private Path run(String text) throws IOException {
    Path folder = Files.createTempDirectory(temporary, "local");
    Files.createDirectories(folder.resolve("images"));
    Files.writeString(folder.resolve("images/one.png"), text);
    Files.writeString(folder.resolve("lora.safetensors"), text);
    Files.writeString(folder.resolve("config.json"), "{\"prompt\":\"a beach\"}");
    Files.writeString(
        folder.resolve("results.json"),
        "{\"steps\":7,\"evaluations\":[{\"before\":{\"probability\":0.25}}]}");
    return folder;
  }

  private static JobResult result(Path run, int tries) {
    return JobResult.ended(JOB, run, "cuda:1", tries, 1.5, "");
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static final List<String> WHOLE =
      List.of("config.json", "images/one.png", "job.json", "lora.safetensors", "results.json");

  @ParameterizedTest
  @ValueSource(strings = {"file", "inside"})
  void aRunIsThereWithAllThatIsSaidOfIt(String scheme) throws IOException {
    assertEquals(Optional.empty(), store(scheme).finished(JOB));
    Path run = run("first");
    store(scheme).put(run, result(run, 2), "app-1");
    assertEquals(WHOLE, files(out().resolve("job")));
    JobResult found = store(scheme).finished(JOB).orElseThrow();
    assertEquals(JOB, found.job());
    assertEquals("done", found.toMap().get("state"));
    assertEquals(0.25, found.toMap().get("before"));
    assertEquals("a beach", found.toMap().get("prompt"));
    assertEquals(2, found.toMap().get("tries"));
    assertEquals("cuda:1", found.toMap().get("device"));
    store(scheme).requireFree(List.of(JOB));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "inside"})
  void theFirstOfTwoTriesStays(String scheme) throws IOException {
    Path first = run("first");
    store(scheme).put(first, result(first, 1), "app-1");
    Path second = run("second");
    JobResult there = store(scheme).put(second, result(second, 2), "app-2");
    assertEquals(1, there.toMap().get("tries"));
    assertEquals("first", Files.readString(out().resolve("job/lora.safetensors")));
    assertEquals(WHOLE, files(out().resolve("job")));
    store(scheme).forgetTries("app");
    assertFalse(Files.exists(out().resolve(".tries")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "inside"})
  void triesThatEndAtOnceDoNotMix(String scheme) throws Exception {
    int tries = 4;
    ExecutorService pool = Executors.newFixedThreadPool(tries);
    try {
      for (int round = 0; round < 5; round++) {
        Job job = new Job("job-" + round, JOB.args(), List.of(), 0);
        CyclicBarrier start = new CyclicBarrier(tries);
        List<Future<JobResult>> put = new ArrayList<>();
        for (int i = 0; i < tries; i++) {
          String name = "%d-%d".formatted(round, i);
          Path run = run(name);
          put.add(
              pool.submit(
                  () -> {
                    start.await();
                    JobResult mine = JobResult.ended(job, run, name, 1, 1, "");
                    return store(scheme).put(run, mine, name);
                  }));
        }
        List<Object> devices = new ArrayList<>();
        for (Future<JobResult> each : put) {
          devices.add(each.get().toMap().get("device"));
        }
        Path folder = out().resolve(job.name());
        assertEquals(WHOLE, files(folder));
        String winner = Files.readString(folder.resolve("lora.safetensors"));
        assertEquals(List.of(winner, winner, winner, winner), devices);
        assertEquals(winner, Files.readString(folder.resolve("images/one.png")));
      }
      assertEquals(List.of(), files(out().resolve(".tries")));
    } finally {
      pool.shutdownNow();
    }
  }

  /** As where a rename copies file by file, and whoever did so was killed. */
  @ParameterizedTest
  @ValueSource(strings = {"lora.safetensors", "job.json"})
  void whatIsNotWholeIsPutAnew(String missing) throws IOException {
    Path first = run("first");
    store("file").put(first, result(first, 1), "app-1");
    Files.delete(out().resolve("job").resolve(missing));
    assertEquals(Optional.empty(), store("file").finished(JOB));
    Path second = run("second");
    JobResult there = store("file").put(second, result(second, 2), "app-2");
    assertEquals(2, there.toMap().get("tries"));
    assertEquals(WHOLE, files(out().resolve("job")));
    assertEquals("second", Files.readString(out().resolve("job/lora.safetensors")));
  }

  @Test
  void othersFoldersAreLeftAlone() throws IOException {
    Files.createDirectories(out().resolve("job"));
    String told =
        assertThrows(IOException.class, () -> store("file").requireFree(List.of(JOB))).getMessage();
    assertTrue(told.contains("job: is there already"), told);
    Files.delete(out().resolve("job"));
    Path run = run("first");
    store("file").put(run, result(run, 1), "app-1");
    Job other = new Job("job", List.of("--prompt=a forest"), List.of(), 0);
    told =
        assertThrows(IOException.class, () -> store("file").requireFree(List.of(other)))
            .getMessage();
    assertTrue(told.contains("with other options"), told);
    assertThrows(IOException.class, () -> store("file").finished(other));
    assertThrows(
        IOException.class,
        () -> store("file").put(run, JobResult.ended(other, run, "cpu", 1, 1, ""), "app-2"));
    assertEquals("first", Files.readString(out().resolve("job/lora.safetensors")));
    assertThrows(
        IOException.class, () -> new RunStore("nosuch://x/y", InsideFileSystem.configuration()));
  }

  @Test
  void whyATryFailedIsNotedForTheNext() throws IOException {
    assertEquals(Optional.empty(), store("file").failure(JOB, "app-1"));
    store("file").noteFailure(JOB, "app-1", "first");
    store("file").noteFailure(JOB, "app-1", "the device is lost \u2026");
    assertEquals(Optional.of("the device is lost \u2026"), store("file").failure(JOB, "app-1"));
    assertEquals(Optional.empty(), store("file").failure(JOB, "app-2"));
    store("file").forgetTries("app-1");
    assertEquals(Optional.empty(), store("file").failure(JOB, "app-1"));
  }

  @Test
  void triesOfOtherApplicationsAreLeftAlone() throws IOException {
    Files.createDirectories(out().resolve(".tries/app-1-7/images"));
    Files.createDirectories(out().resolve(".tries/app-2-7"));
    store("file").forgetTries("app-1");
    assertEquals(List.of("app-2-7"), List.of(out().resolve(".tries").toFile().list()));
    store("file").forgetTries("app-2");
    assertFalse(Files.exists(out().resolve(".tries")));
    store("file").forgetTries("app-2");
  }
}
