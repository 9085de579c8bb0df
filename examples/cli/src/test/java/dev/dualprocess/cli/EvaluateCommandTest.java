package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.cli.language.LoopbackServer;
import dev.dualprocess.cli.language.LoopbackServer.Answer;
import dev.dualprocess.cli.language.LoopbackServer.Asked;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark on random tiny models, its judge a real HTTP server that fails now and then. */
class EvaluateCommandTest {
  private static final int RECORDS = 3;
  private static final String KEY = "sk-secret-of-the-test";

  /** What the judge is made to say of either description of a record. */
  private static final String[][] WORDS = {{"yes", "no"}, {"no", "yes"}, {"odd", "no"}};

  @TempDir private Path temporary;

  private Path records() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < RECORDS; i++) {
      lines.append(
          "{\"prompt1\": \"first of %d\", \"prompt2\": \"second of %d\", \"description1\": \"record-%d %s\", \"description2\": \"record-%d %s\", \"category\": \"%s\"}%n"
              .formatted(i, i, i, WORDS[i][0], i, WORDS[i][1], i < 2 ? "Daily" : "Laws"));
    }
    return Files.writeString(temporary.resolve("records.jsonl"), lines);
  }

  private List<String> args(Path out, String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "evaluate",
                "--generator",
                ModelFolders.generator().toString(),
                "--verifier",
                ModelFolders.verifier().toString(),
                "--judge",
                "openai:fake",
                "--records",
                records().toString(),
                "--devices",
                "cpu,cpu",
                "--images",
                "2",
                "--questions",
                "2",
                "--steps",
                "2",
                "--rank",
                "4",
                "--size",
                "64x64",
                "--threads",
                "1",
                "--request-timeout",
                "10",
                "--token-price",
                "1,2",
                "--json",
                "--out",
                out.toString()));
    args.addAll(List.of(more));
    return args;
  }

  private Process start(LoopbackServer server, List<String> args, Path log) throws IOException {
    return ProcessRun.start(
        args,
        log,
        Map.of(
            "OPENAI_BASE_URL",
            server.url(),
            "OPENAI_API_KEY",
            KEY,
            "OMP_NUM_THREADS",
            "1",
            "OPENBLAS_NUM_THREADS",
            "1"),
        List.of());
  }

  /** The first requests meet a limit, a failure, a pause and words that are no JSON. */
  private static Answer answer(Asked asked, int before) {
    return switch (before) {
      case 0 -> Answer.failing(429);
      case 2 -> Answer.failing(500);
      case 4 -> Answer.saying("{}").after(12_000);
      case 6 -> Answer.saying("{\"oops\": I would rather not say.");
      case 8 -> new Answer(200, "{\"choices\": [", 0);
      default -> Answer.saying(right(asked.text()));
    };
  }

  private static String right(String text) {
    if (text.contains("Short prompt:")) {
      return "```json\n{\"prompt\": \"expanded "
          + text.replaceAll("(?s).*Short prompt: (.*?)\n.*", "$1")
          + "\"}\n```";
    }
    if (text.contains("Prompt:")) {
      return "{\"questions\": [{\"question\": \"Is it right?\", \"answer\": \"Yes\"}, \"Is it?\"]}";
    }
    String description = text.replaceAll("(?s).*Description: (.*?)\n.*", "$1");
    return description.endsWith("yes")
        ? "{\"fits\": 1}"
        : description.endsWith("no") ? "{\"fits\": 0}" : "perhaps";
  }

  @Test
  void aJudgeThatAnswersNonsenseIsNoJudge() throws Exception {
    Path log = temporary.resolve("log.txt");
    List<String> args =
        args(temporary.resolve("nonsense"), "--rows", "base", "--limit", "1", "--devices", "cpu");
    List<String> nonsense =
        List.of("As you like it.", "{\"fits\": NaN}", "{\"fits\": 7}", "{\"fits\": -1e400}");
    try (LoopbackServer server =
        new LoopbackServer(
            (asked, before) -> Answer.saying(nonsense.get(before % nonsense.size())))) {
      assertEquals(1, start(server, args, log).waitFor(), ProcessRun.read(log));
    }
    assertTrue(
        ProcessRun.read(log).contains("none of the judge's 8 answers could be read"),
        ProcessRun.read(log));
  }

  @Test
  @Tag("slow")
  void judgesEveryRecordOnceThoughKilledInTheMiddle() throws Exception {
    Path out = temporary.resolve("run");
    Path log = temporary.resolve("log.txt");
    List<Integer> done;
    try (LoopbackServer server = new LoopbackServer(EvaluateCommandTest::answer)) {
      Process process = start(server, args(out), log);
      try {
        awaitRecord(process, out, log);
      } finally {
        process.destroyForcibly().waitFor();
      }
      done = judged(out);
      assertTrue(done.size() < RECORDS, "it was over before it could be killed");
    }
    try (LoopbackServer server =
        new LoopbackServer((asked, before) -> Answer.saying(right(asked.text())))) {
      Process resumed = start(server, args(out, "--resume"), log);
      assertTrue(resumed.waitFor(10, TimeUnit.MINUTES), "too slow");
      assertEquals(0, resumed.exitValue(), () -> ProcessRun.read(log));
      List<Asked> later = server.asked().stream().filter(a -> a.retry() == 0).toList();
      for (int record : done) {
        assertTrue(
            later.stream().noneMatch(asked -> isOf(record, asked.text())),
            "record " + record + " was judged again");
      }
      // Each of the rest: 2 expansions, 2 times questions, 4 rows x 2 prompts x 2 images x 2.
      int odd = done.contains(2) ? 0 : 16 * 2; // asked again twice
      int wanted = (RECORDS - done.size()) * (4 + 32) + odd;
      assertEquals(wanted, later.size());
      assertFalse(ProcessRun.read(log).contains(KEY));
    }
    assertEquals(List.of(0, 1, 2), judged(out));
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    assertEquals(RECORDS, results.get("judged").asInt());
    // Of records 0 and 1 one image of each pair supports its description; of record 2 none does.
    for (JsonNode score : results.get("scores")) {
      assertEquals(0, score.get("pairwise").asDouble());
      switch (score.get("category").asText()) {
        case "Daily" -> assertEquals(0.5, score.get("perImage").asDouble(), 1e-12);
        case "Laws" -> assertEquals(4, score.get("unparsable").asInt());
        default -> assertEquals(1.0 / 3, score.get("perImage").asDouble(), 1e-12);
      }
    }
    assertEquals(4 * 3, results.get("scores").size());
    assertTrue(results.get("cost").asDouble() > 0);
    String html = Files.readString(out.resolve("report.html"));
    assertTrue(html.contains("expanded first of 0"), "the expanded prompt is shown");
    assertTrue(Files.exists(out.resolve("images/0000-expanded_lora-2-1.png")));
    assertTrue(Files.exists(out.resolve("loras/0002-lora-1.safetensors")));
    assertEquals(1 + RECORDS * 4 * 4, Files.readAllLines(out.resolve("judgements.csv")).size());
  }

  private static boolean isOf(int record, String text) {
    return text.contains("record-" + record) || text.contains("of " + record + "\n");
  }

  private static List<Integer> judged(Path out) {
    return IntStream.range(0, RECORDS)
        .filter(i -> Files.exists(out.resolve("records/%04d.json".formatted(i))))
        .boxed()
        .toList();
  }

  private static void awaitRecord(Process process, Path out, Path log) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
    while (judged(out).isEmpty()) {
      assertTrue(process.isAlive(), () -> "ended early: " + ProcessRun.read(log));
      assertTrue(System.nanoTime() < deadline, "too slow");
      Thread.sleep(5);
    }
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    Path out = temporary.resolve("never");
    var outcome = Cli.run(args(out));
    assertEquals(2, outcome.exitCode());
    assertTrue(outcome.err().contains("OPENAI_API_KEY"), outcome.err());
    List<String> withoutVerifier = args(out, "--judge", "tiny");
    int at = withoutVerifier.indexOf("--verifier");
    withoutVerifier.subList(at, at + 2).clear();
    int judge = withoutVerifier.indexOf("--judge");
    withoutVerifier.subList(judge, judge + 2).clear();
    outcome = Cli.run(withoutVerifier);
    assertEquals(2, outcome.exitCode());
    assertTrue(outcome.err().contains("--verifier"), outcome.err());
  }
}
