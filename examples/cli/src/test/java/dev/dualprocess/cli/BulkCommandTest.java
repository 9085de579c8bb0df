package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Many jobs in processes of their own, which may be killed; on random tiny models. */
class BulkCommandTest {
  private static final int STEPS = 60;
  private static final Map<String, String> NO_CLUSTER = Map.of("OMP_NUM_THREADS", "1");

  @TempDir private Path temporary;

  private static String job(String name, String more) {
    return ("{\"name\":\"%s\",\"generator\":\"%s\",\"verifier\":\"%s\",\"prompt\":\"Photo of a man\","
            + "\"rank\":2,\"learning-rate\":2e-3,\"evaluation-seeds\":1,"
            + "\"checkpoint-every\":3,%s}")
        .formatted(name, ModelFolders.generator(), ModelFolders.verifier(), more)
        .replace('\\', '/');
  }

  private static String steps(int steps) {
    return "\"size\":\"32x32\",\"horizon\":0.5,\"steps\":" + steps;
  }

  private Path jobs(String... lines) throws IOException {
    return Files.writeString(temporary.resolve("jobs.jsonl"), String.join("\n", lines));
  }

  private static String[] args(Path jobs, Path out, String... more) {
    List<String> args = new ArrayList<>(List.of("bulk", jobs.toString(), "--out", out.toString()));
    args.addAll(List.of(more));
    return args.toArray(new String[0]);
  }

  private Process start(Path jobs, Path out, String devices, String log) throws IOException {
    List<String> args = List.of(args(jobs, out, "--devices", devices, "--json"));
    return ProcessRun.start(args, temporary.resolve(log), NO_CLUSTER, List.of());
  }

  /** What {@code distill} alone makes of the same. */
  private byte[] alone(int steps, long seed) throws IOException {
    Path out = temporary.resolve("alone-" + seed);
    List<String> args = new ArrayList<>(List.of("distill", "--prompt", "Photo of a man"));
    args.addAll(List.of("--generator", ModelFolders.generator().toString()));
    args.addAll(List.of("--verifier", ModelFolders.verifier().toString()));
    args.addAll(List.of("--size", "32x32", "--rank", "2", "--learning-rate", "2e-3"));
    args.addAll(List.of("--evaluation-seeds", "1", "--horizon", "0.5", "--threads", "1"));
    args.addAll(List.of("--generator-device", "cpu", "--verifier-device", "cpu"));
    args.addAll(List.of("--steps", Integer.toString(steps), "--seed", Long.toString(seed)));
    args.addAll(List.of("--out", out.toString()));
    Cli.Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.exitCode(), outcome.err());
    return Files.readAllBytes(out.resolve("lora.safetensors"));
  }

  private static byte[] lora(Path out, String name) throws IOException {
    return Files.readAllBytes(out.resolve(name).resolve("lora.safetensors"));
  }

  private static List<JsonNode> tries(Path out) throws IOException {
    try (Stream<Path> files = Files.list(out.resolve(".bulk/tries"))) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .map(BulkCommandTest::tried)
          .flatMap(Optional::stream)
          .toList();
    }
  }

  private static Optional<JsonNode> tried(Path file) {
    try {
      return Optional.of(Fixtures.json(file));
    } catch (RuntimeException e) {
      return Optional.empty(); // it is being written
    }
  }

  private static List<String> outcomes(Path out) throws IOException {
    return tries(out).stream().map(each -> each.path("outcome").asText()).toList();
  }

  private static <T> T await(Callable<Optional<T>> found) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (System.nanoTime() < deadline) {
      Optional<T> now = found.call();
      if (now.isPresent()) {
        return now.get();
      }
      Thread.sleep(10);
    }
    throw new AssertionError("too slow");
  }

  /** The number of a process that is at a job of which a checkpoint is there. */
  private static long awaitWork(Path out, String name, int earlierTries) throws Exception {
    return await(
        () ->
            Files.exists(out.resolve(name).resolve("checkpoint/state.safetensors"))
                ? tries(out).stream()
                    .skip(earlierTries)
                    .filter(each -> each.path("outcome").asText().equals("RUNNING"))
                    .map(each -> each.path("pid").asLong())
                    .findFirst()
                : Optional.empty());
  }

  private static int end(Process process) throws InterruptedException {
    assertTrue(process.waitFor(3, TimeUnit.MINUTES), "still running");
    return process.exitValue();
  }

  @Test
  void twoWorkersEndEveryJobOnceAndAsDistillDoes() throws IOException {
    Path out = temporary.resolve("out");
    Path jobs =
        jobs(
            job("seeds", steps(3) + ",\"repeat\":4,\"tags\":[\"<b>bold</b>\"]"),
            job("bad", "\"horizon\":0.5,\"steps\":2,\"size\":\"31x31\""),
            job("last", "\"question\":\"Is it <a> man?\",\"size\":\"32x32\",\"steps\":2"));
    Cli.Outcome first = Cli.run(args(jobs, out, "--devices", "cpu:2", "--shard", "1/1"));
    assertEquals(1, first.exitCode(), first.out() + first.err());
    assertTrue(first.err().contains("1 of 6 jobs failed"), first.err());
    assertTrue(first.out().contains("bad: size 31x31"), first.out());
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    assertEquals(5, results.path("done").asInt());
    assertEquals(1, results.path("failed").asInt());
    assertEquals(7, tries(out).size(), "the bad one twice, all others once");
    assertArrayEquals(alone(3, 2), lora(out, "seeds-seed-2"));
    String page = Files.readString(out.resolve("index.html"));
    assertTrue(page.contains("Is it &lt;a&gt; man?") && page.contains("&lt;b&gt;bold"), page);
    assertFalse(page.contains("http://") || page.contains("https://"), page);
    assertTrue(page.contains("seeds-seed-3/before-after.png"));
    assertEquals(7, Files.readAllLines(out.resolve("results.csv")).size());

    Cli.Outcome again = Cli.run(args(jobs, out, "--devices", "cpu", "--shard", "1/1"));
    assertEquals(1, again.exitCode(), again.err());
    assertEquals(7, tries(out).size(), "nothing is done again");
  }

  @Test
  @Tag("slow")
  @DisabledOnOs(OS.WINDOWS)
  void killsLoseNothing() throws Exception {
    Path out = temporary.resolve("out");
    Path jobs = jobs(job("one", steps(STEPS)), job("two", steps(STEPS) + ",\"seed\":1"));
    Process parent = start(jobs, out, "cpu", "parent.log");
    long child = awaitWork(out, "one", 0);
    ProcessHandle.of(child).orElseThrow().destroyForcibly();
    await(() -> outcomes(out).contains("FAILED") ? Optional.of(1) : Optional.empty());
    assertTrue(tries(out).get(0).path("reason").asText().contains("signal 9"));

    long second = awaitWork(out, "two", 1);
    parent.destroyForcibly();
    end(parent);
    await(() -> ProcessHandle.of(second).isEmpty() ? Optional.of(1) : Optional.empty());
    assertTrue(outcomes(out).contains("RUNNING"), "it was killed at work");

    Process again = start(jobs, out, "cpu", "again.log");
    assertEquals(0, end(again), ProcessRun.read(temporary.resolve("again.log")));
    assertEquals(2, outcomes(out).stream().filter("DONE"::equals).count());
    assertArrayEquals(alone(STEPS, 0), lora(out, "one"));
    assertArrayEquals(alone(STEPS, 1), lora(out, "two"));
  }

  @Test
  @Tag("slow")
  @DisabledOnOs(OS.WINDOWS)
  void interruptedStopsAfterTheStepAndGoesOn() throws Exception {
    Path out = temporary.resolve("out");
    Path jobs = jobs(job("one", steps(STEPS)), job("two", steps(2) + ",\"seed\":1"));
    Process parent = start(jobs, out, "cpu", "parent.log");
    awaitWork(out, "one", 0);
    new ProcessBuilder("kill", "-INT", Long.toString(parent.pid())).start().waitFor();
    assertEquals(130, end(parent), ProcessRun.read(temporary.resolve("parent.log")));
    assertEquals(List.of("STOPPED"), outcomes(out));
    JsonNode results = Fixtures.json(out.resolve("one/results.json"));
    assertTrue(results.path("interrupted").asBoolean());
    assertTrue(results.path("steps").asInt() < STEPS, results.toString());
    assertEquals(2, Fixtures.json(out.resolve("results.json")).path("waiting").asInt());

    Cli.Outcome again = Cli.run(args(jobs, out, "--devices", "cpu", "--shard", "1/1"));
    assertEquals(0, again.exitCode(), again.err());
    assertArrayEquals(alone(STEPS, 0), lora(out, "one"));
  }

  @Test
  @Tag("slow")
  void twoProgramsShareAFolder() throws Exception {
    Path out = temporary.resolve("out");
    Path jobs = jobs(job("many", steps(2) + ",\"repeat\":6"));
    Process one = start(jobs, out, "cpu", "one.log");
    Process other = start(jobs, out, "cpu", "other.log");
    assertEquals(0, end(one), ProcessRun.read(temporary.resolve("one.log")));
    assertEquals(0, end(other), ProcessRun.read(temporary.resolve("other.log")));
    assertEquals(IntStream.range(0, 6).mapToObj(i -> "DONE").toList(), outcomes(out));
    assertEquals(6, Fixtures.json(out.resolve("results.json")).path("done").asInt());
  }

  /**
   * The one does what falls to it in an array of Slurm, the other what does in a Kubernetes Job.
   */
  @Test
  @Tag("slow")
  void tasksOfAClusterDoTheirParts() throws Exception {
    Path jobs = jobs(job("many", steps(1) + ",\"repeat\":3"));
    Path first = temporary.resolve("first");
    Path second = temporary.resolve("second");
    Map<String, String> slurm =
        Map.of(
            "SLURM_ARRAY_TASK_ID", "1",
            "SLURM_ARRAY_TASK_MIN", "1",
            "SLURM_ARRAY_TASK_COUNT", "2");
    Map<String, String> pod = Map.of("JOB_COMPLETION_INDEX", "1", "DUALPROCESS_SHARDS", "2");
    Process one =
        ProcessRun.start(
            List.of(args(jobs, first, "--devices", "cpu")),
            temporary.resolve("one.log"),
            slurm,
            List.of());
    Process other =
        ProcessRun.start(
            List.of(args(jobs, second, "--devices", "cpu")),
            temporary.resolve("other.log"),
            pod,
            List.of());
    assertEquals(0, end(one), ProcessRun.read(temporary.resolve("one.log")));
    assertEquals(0, end(other), ProcessRun.read(temporary.resolve("other.log")));
    assertEquals(List.of("many-seed-0"), done(first));
    assertEquals(List.of("many-seed-1", "many-seed-2"), done(second));
  }

  private static List<String> done(Path out) throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode result : Fixtures.json(out.resolve("results.json")).path("results")) {
      if (result.path("state").asText().equals("done")) {
        names.add(result.path("name").asText());
      }
    }
    return names;
  }

  @Test
  void mistakesAreOneLineBeforeAnythingStarts() throws IOException {
    Path out = temporary.resolve("out");
    Path jobs = jobs(job("one", steps(2)));
    List<String[]> mistakes =
        List.of(
            args(jobs, out, "--devices", "cuda:99"),
            args(jobs, out, "--devices", "cpu:0"),
            args(jobs, out, "--retries", "-1"),
            args(jobs, out, "--threads", "0"),
            args(jobs, out, "--shard", "3/2"),
            args(temporary.resolve("none.jsonl"), out),
            new String[] {"bulk", jobs.toString()},
            new String[] {"bulk", "--out", out.toString()});
    for (String[] mistake : mistakes) {
      Cli.Outcome outcome = Cli.run(mistake);
      String how = String.join(" ", mistake) + ": " + outcome.err();
      assertEquals(1, outcome.err().lines().filter(l -> !l.startsWith("See ")).count(), how);
      assertTrue(outcome.exitCode() == 1 || outcome.exitCode() == 2, how);
    }
    assertFalse(Files.exists(out));
  }
}
