package dev.dualprocess.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.Prompt;
import dev.dualprocess.cli.DualProcess;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.evaluate.JudgedPair;
import dev.dualprocess.evaluate.JudgedPair.JudgedImage;
import dev.dualprocess.evaluate.JudgedPair.JudgedRow;
import dev.dualprocess.evaluate.JudgedPair.Side;
import dev.dualprocess.evaluate.PromptPair;
import dev.dualprocess.evaluate.PromptPairs;
import dev.dualprocess.evaluate.Row;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.language.LanguageTasks.Verdict;
import dev.dualprocess.language.Usage;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.Models;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What runs leave behind, on random tiny models. */
final class RunSamples {
  static final Prompt PROMPT = Prompt.of("Photo of a man").check("Is it a man?", "Yes");

  private static final int STEPS = 2;

  private RunSamples() {}

  static String generator() {
    return Fixtures.path("tiny-flux-schnell").toString();
  }

  static String verifier() {
    return Fixtures.path("tiny-qwen25vl").toString();
  }

  /** The arguments of a short distillation on one thread. */
  static List<String> distill(Path out, String... more) {
    List<String> args = new ArrayList<>(List.of("distill", "--generator", generator()));
    args.addAll(List.of("--verifier", verifier(), "--prompt", PROMPT.text()));
    args.addAll(List.of("--horizon", "0.5", "--size", "64x64", "--rank", "2", "--seeds", "4"));
    args.addAll(List.of("--learning-rate", "2e-3", "--threads", "1", "--out", out.toString()));
    args.addAll(List.of(more));
    return args;
  }

  /** The folder of a run that has ended. */
  static Path distillation(Path folder) {
    List<String> args = distill(folder, "--steps", "2", "--evaluation-seeds", "1", "--json");
    int exitCode = DualProcess.commandLine().execute(args.toArray(new String[0]));
    if (exitCode != 0) {
      throw new IllegalStateException("a run ended with " + exitCode);
    }
    return folder;
  }

  static ModelPair pair() throws IOException {
    return Models.pair(generator(), verifier(), LoadOptions.at(Placement.CPU), PROMPT);
  }

  /** A distillation of that pair, the same at every call. */
  static Distillation distillation(ModelPair pair) {
    return pair.distillation(PROMPT).size(ImageSize.square(64)).steps(STEPS).start();
  }

  /** The folder of a benchmark that has judged its first record. */
  static Path benchmark(Path folder) throws IOException {
    PromptPair pair = PromptPairs.read(PromptPairs.SAMPLE).get(0);
    List<Verdict> verdicts = List.of(Verdict.FITS, Verdict.DOES_NOT_FIT);
    JudgedImage image = new JudgedImage(1, "images/one.png", verdicts);
    Side side = new Side("a cat", List.of("Is it a cat?"), List.of(image));
    JudgedRow row = new JudgedRow(Row.BASE, List.of(side, side));
    JudgedPair judged = new JudgedPair(0, pair, List.of(row), new Usage().tally());
    Path records = Files.createDirectories(folder.resolve("records"));
    new ObjectMapper().writeValue(records.resolve("0000.json").toFile(), judged);
    return folder;
  }
}
