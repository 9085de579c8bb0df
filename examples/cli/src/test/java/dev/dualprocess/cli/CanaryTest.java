package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.language.LoopbackServer;
import dev.dualprocess.cli.language.LoopbackServer.Answer;
import dev.dualprocess.image.Png;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key goes to the server it is for, and nowhere else. */
class CanaryTest {
  private static final String KEY = "sk-canary-0451-of-the-mine";
  private static final String PASSWORD = "geheim-canary-0452";

  @TempDir private Path temporary;

  private Path records() throws IOException {
    return Files.writeString(
        temporary.resolve("records.jsonl"),
        """
        {"category": "c", "prompt1": "a cat", "prompt2": "a dog", "description1": "yes", "description2": "no"}
        """);
  }

  private List<String> args(Path out, String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of("evaluate", "--verbose"));
    args.addAll(List.of("--records", records().toString(), "--rows", "base,expanded"));
    args.addAll(List.of("--generator", ModelFolders.generator().toString()));
    args.addAll(List.of("--judge", "openai:fake", "--assistant", "openai:fake"));
    args.addAll(List.of("--images", "1", "--size", "64x64", "--threads", "1"));
    args.addAll(List.of("--retries", "0", "--out", out.toString()));
    args.addAll(List.of(more));
    return args;
  }

  private int run(LoopbackServer server, Path log, List<String> args)
      throws IOException, InterruptedException {
    String address = server.url().replace("http://", "http://someone:" + PASSWORD + "@");
    Map<String, String> environment =
        Map.of("OPENAI_API_KEY", KEY, "OPENAI_BASE_URL", address, "OMP_NUM_THREADS", "1");
    Process process = ProcessRun.start(args, log, environment, List.of());
    assertTrue(process.waitFor(3, TimeUnit.MINUTES), "still running");
    return process.exitValue();
  }

  private void assertClean() throws IOException {
    try (Stream<Path> files = Files.walk(temporary)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (file.toString().endsWith(".png")) {
          content += Png.readTexts(file);
        }
        assertFalse(content.contains(KEY), () -> "the key is in " + file);
        assertFalse(content.contains(PASSWORD), () -> "the password is in " + file);
      }
    }
  }

  @Test
  void aServerThatRepeatsTheHeader() throws Exception {
    Path log = temporary.resolve("echo.log");
    try (LoopbackServer server =
        new LoopbackServer(
            (asked, before) ->
                new Answer(
                    401,
                    "{\"error\": {\"message\": \"Authorization: %s at %s\"}}"
                        .formatted(asked.authorization(), PASSWORD),
                    0))) {
      assertEquals(1, run(server, log, args(temporary.resolve("echo"))));
      assertEquals("Bearer " + KEY, server.asked().get(0).authorization());
    }
    String told = ProcessRun.read(log);
    assertTrue(told.contains("fake at http://***@127.0.0.1"), told);
    assertTrue(told.contains("\tat dev.dualprocess."), "--verbose shows the trace: " + told);
    assertClean();
  }

  @Test
  void aModelThatTalksOfTheKeyInEveryFileOfTheRun() throws Exception {
    Path out = temporary.resolve("talk");
    String expanded = "{\"prompt\": \"a cat, %s, and %s\"}".formatted(KEY, PASSWORD);
    try (LoopbackServer server =
        new LoopbackServer(
            (asked, before) ->
                Answer.saying(
                    asked.text().contains("Short prompt:") ? expanded : "{\"fits\": 1}"))) {
      assertEquals(0, run(server, temporary.resolve("talk.log"), args(out, "--json")));
    }
    assertTrue(Files.readString(out.resolve("report.html")).contains("a cat, ***, and ***"));
    assertClean();
  }
}
