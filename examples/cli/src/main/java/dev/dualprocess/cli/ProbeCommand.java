package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Sampling;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.probe.Finding;
import dev.dualprocess.probe.Probe;
import dev.dualprocess.probe.ProbeReport;
import dev.dualprocess.probe.Sighting;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.SamplingParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the verifier thinks of the generator's pictures as they are, and whether that can change.
 */
@Command(
    name = "probe",
    mixinStandardHelpOptions = true,
    description =
        "Draw some seeds, ask the verifier, and say whether the question can be taught, and why not.")
final class ProbeCommand implements Callable<Integer> {
  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "How many pictures are drawn (default: ${DEFAULT-VALUE}).")
  private int seeds = Probe.SEEDS;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the first picture; the others follow it (default: 0).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where pictures and figures go (default: they are printed alone).")
  private @Nullable Path out;

  @Option(names = "--overwrite", description = "Replace an earlier probe in --out.")
  private boolean overwrite;

  @Mixin private ModelOptions models;
  @Mixin private CheckOptions checks;
  @Mixin private SamplingOptions sampling;
  @Mixin private OpeningOptions opening;
  @Mixin private MemoryOptions memory;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    RunOptions.requireCount("--seeds", seeds);
    RunOptions.requireSeeds("--seed", seed, "--seeds", seeds);
    Prompt prompt = checks.prompt();
    ChosenModels chosen = models.chosen(opening);
    threads.apply(chosen.generator(), chosen.verifiers());
    memory.require(chosen.looking(sampling.size()));
    Console console = output.console();
    try (@Nullable RunFolder folder = folder();
        ModelPair pair = chosen.open(List.of(prompt.text()))) {
      Sampling how = sampling.over(pair.generator());
      ProbeReport report = look(pair, prompt, how, console);
      if (folder != null) {
        report.write(folder, SamplingParameters.of(pair.generator(), how));
      }
      tell(report, console);
    }
    return 0;
  }

  private @Nullable RunFolder folder() throws IOException {
    if (out == null) {
      return null;
    }
    RunFolder folder = RunFolder.open(out);
    if (!overwrite && Files.exists(folder.path().resolve(ProbeReport.FILE))) {
      folder.close();
      throw new IOException(
          out + ": holds an earlier probe; choose another --out, or add --overwrite");
    }
    return folder;
  }

  private ProbeReport look(ModelPair pair, Prompt prompt, Sampling how, Console console) {
    Generator generator = pair.generator();
    try (Probe probe =
        new Probe(
            generator, pair.verifier(), prompt, pair.texts().get(0), DistillSettings.paper(how))) {
      return probe.look(LongStream.range(seed, seed + seeds).boxed().toList(), console);
    }
  }

  private void tell(ProbeReport report, Console console) {
    console.event("done", report.toMap());
    List<Finding> found = report.findings().checks();
    for (int i = 0; i < found.size(); i++) {
      tell(report.prompt().checks().get(i).question(), report.of(i), console);
      tell(found.get(i), console);
      if (found.size() > 1) {
        console.say("  %s", found.get(i).sentence());
      }
    }
    if (out != null) {
      console.say("Pictures and figures are in %s", out);
    }
    console.say("Verdict: %s", report.findings().sentence());
  }

  private static void tell(Question question, List<Sighting> seen, Console console) {
    console.say("%s (wanted: %s)", question.text(), question.answer());
    console.say("  %8s  %11s  %s", "seed", "probability", "likeliest answer");
    for (Sighting sighting : seen) {
      console.say(
          "  %8d  %11.4f  %s",
          sighting.seed(), sighting.probability(), sighting.said().predicted());
    }
  }

  private static void tell(Finding finding, Console console) {
    console.say("  %8s  %11.4f", "mean", finding.probability());
    console.say(
        "  loss %.2f, +-%.2f from seed to seed, +-%.2f under disturbances that nobody would notice;"
            + " one grey level in the best direction takes away %.3g",
        finding.loss(), finding.spread(), finding.tremor(), finding.slope());
  }
}
