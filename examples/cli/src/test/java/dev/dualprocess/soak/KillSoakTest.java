package dev.dualprocess.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dualprocess.cli.DualProcess;
import dev.dualprocess.cli.ModelFolders;
import dev.dualprocess.cli.hub.FolderHub;
import dev.dualprocess.cli.language.LoopbackServer;
import dev.dualprocess.cli.language.LoopbackServer.Answer;
import dev.dualprocess.testing.Soak;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Work that is killed again and again loses nothing that was finished, and what goes on behind the
 * last kill ends with the results of work that was never killed.
 */
@Tag("soak")
@EnabledOnOs(OS.LINUX)
class KillSoakTest {
  private static final List<String> JVM =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.awt.headless=true");

  @TempDir private Path folder;

  private final SplittableRandom random = new SplittableRandom(Long.getLong("soak.seed", 1));

  private static Process start(
      List<String> args, Path log, List<String> options, Map<String, String> more)
      throws IOException {
    List<String> all = new ArrayList<>(JVM);
    all.addAll(options);
    return Child.start(DualProcess.class, all, args, log, more);
  }

  @Test
  void distillations() throws IOException, InterruptedException {
    KilledWork work =
        new KilledWork("kills of distill", folder) {
          @Override
          Process start(Path out, Path log, List<String> options) throws IOException {
            String[] length = {"--steps", "6", "--evaluation-seeds", "2", "--json", "--resume"};
            List<String> args = RunSamples.distill(out, length);
            args.addAll(List.of("--checkpoint-every", "2"));
            return KillSoakTest.start(args, log, options, Map.of());
          }

          @Override
          Path nearTheEnd(Path out) {
            return out.resolve("lora.safetensors");
          }
        };
    assertEquals("", work.kill(Soak.times(200), random));
  }

  @Test
  void benchmarks() throws IOException, InterruptedException {
    assumeTrue(Soak.times(100) > 1, "in the soak alone: EvaluateCommandTest stops one too");
    Answer yes = Answer.saying("{\"fits\": 1}");
    try (LoopbackServer server = new LoopbackServer((asked, before) -> yes)) {
      Map<String, String> judge =
          Map.of("OPENAI_BASE_URL", server.url(), "OPENAI_API_KEY", "sk-of-the-test");
      KilledWork work =
          new KilledWork("kills of evaluate", folder) {
            @Override
            Process start(Path out, Path log, List<String> options) throws IOException {
              List<String> args =
                  new ArrayList<>(List.of("evaluate", "--generator", RunSamples.generator()));
              args.addAll(List.of("--judge", "openai:fake", "--rows", "base", "--limit", "5"));
              args.addAll(List.of("--images", "1", "--size", "64x64", "--threads", "1", "--json"));
              args.addAll(List.of("--resume", "--out", out.toString()));
              return KillSoakTest.start(args, log, options, judge);
            }

            @Override
            Path nearTheEnd(Path out) {
              return out.resolve("report.html");
            }
          };
      assertEquals("", work.kill(Soak.times(50), random));
    }
  }

  @Test
  void downloads() throws IOException, InterruptedException {
    Path repo = ModelFolders.copyOfGenerator(folder.resolve("repo"));
    try (FolderHub hub = new FolderHub("maker/tiny", repo).slowly()) {
      KilledWork work =
          new KilledWork("kills of models get", folder) {
            @Override
            Process start(Path out, Path log, List<String> options) throws IOException {
              Map<String, String> environment =
                  Map.of(
                      "HF_ENDPOINT",
                      hub.address().toString(),
                      "HF_HOME",
                      out.resolve("home").toString(),
                      "HF_HUB_CACHE",
                      out.toString());
              return KillSoakTest.start(
                  List.of("models", "get", "maker/tiny"), log, options, environment);
            }

            @Override
            Path nearTheEnd(Path out) {
              return out.resolve("models--maker--tiny/blobs");
            }
          };
      assertEquals("", work.kill(Soak.times(50), random));
    }
  }
}
