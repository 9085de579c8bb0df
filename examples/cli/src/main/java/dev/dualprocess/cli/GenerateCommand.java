package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.drawing.BatchSize;
import dev.dualprocess.cli.drawing.Easel;
import dev.dualprocess.cli.drawing.EverySeed;
import dev.dualprocess.cli.drawing.LoadedLoras;
import dev.dualprocess.cli.drawing.NamedText;
import dev.dualprocess.cli.drawing.WithAndWithout;
import dev.dualprocess.config.Counts;
import dev.dualprocess.models.MemoryNeed;
import dev.dualprocess.models.MemoryPlan;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.spi.LoadOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws images, with any number of LoRAs. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = "Draw images, with what was learnt or without.")
final class GenerateCommand implements Callable<Integer> {
  private static final long MOST = 1_000_000; // pictures of a text

  @Option(
      names = "--generator",
      required = true,
      paramLabel = "DIR",
      description = "A model directory, 'tiny', or a hub id.")
  private String generatorName;

  @ArgGroup(multiplicity = "1")
  private TextOptions texts;

  @Option(
      names = "--lora",
      paramLabel = "FILE[:SCALE]",
      converter = LoraOption.Converter.class,
      description =
          "A LoRA, as a file or a folder, and how strongly it counts; may be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(names = "--seed", paramLabel = "N", description = "Seed of the first image (default: 0).")
  private long seed;

  @Option(
      names = "--count",
      paramLabel = "K",
      description = "How many images, of seeds N, N+1, ... (default: 1).")
  private int count = 1;

  @Option(
      names = "--compare",
      description = "Draw without the LoRAs too, and put both side by side.")
  private boolean compare;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "How many pictures of a text are drawn together (default: by free memory, on the CPU 1).")
  private @Nullable Integer batch;

  @Mixin private ResultsOptions out;

  @Mixin private BestOfOptions best;
  @Mixin private SamplingOptions sampling;
  @Mixin private DownloadOptions download;
  @Mixin private PlacementOptions placement;
  @Mixin private OpeningOptions opening;
  @Mixin private MemoryOptions memory;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    requireSense();
    List<NamedText> drawn = texts.texts();
    int candidates = Math.multiplyExact(count, best.candidates());
    RunOptions.requireSeeds("--seed", seed, "--count", candidates);
    Optional<Prompt> asked =
        best.given() ? Optional.of(best.asked(drawn.get(0))) : Optional.empty();
    ModelSource<Generator> source = download.generator(generatorName);
    List<ModelSource<Verifier>> verifiers = best.verifiers(download);
    LoadOptions how = opening.at(placement.placement());
    threads.apply(source, verifiers);
    ChosenModels models = new ChosenModels(source, how, verifiers, how);
    memory.require(models.looking(sampling.size()));
    try (RunFolder folder = compare || best.given() ? out.open() : out.openBesideResults();
        Generator generator = source.open(how);
        LoadedLoras loaded = new LoadedLoras()) {
      for (LoraOption lora : loras) {
        loaded.load(lora.file(), lora.weight());
      }
      Easel easel = easel(generator, folder, models, Easel.seeds(seed, candidates));
      if (asked.isPresent()) {
        best.draw(easel, loaded, drawn, asked.get(), verifiers, how);
      } else if (compare) {
        new WithAndWithout(easel, loaded).draw(drawn);
      } else {
        new EverySeed(easel, loaded).draw(drawn);
      }
    }
    return 0;
  }

  private void requireSense() throws IOException {
    RunOptions.requireCount("--count", count);
    Counts.requireAtMost("--count times --best-of", (long) count * best.candidates(), MOST);
    if (batch != null) {
      RunOptions.requireCount("--batch", batch);
    }
    if (compare && loras.isEmpty()) {
      throw new IllegalArgumentException("--compare needs a --lora to compare with");
    }
    if (compare && best.given()) {
      throw new IllegalArgumentException(
          "--compare and --best-of do not go together: run them one after the other");
    }
  }

  private Easel easel(
      Generator generator, RunFolder folder, ChosenModels models, List<Long> seeds) {
    Sampling how = sampling.over(generator);
    MemoryNeed need =
        MemoryPlan.drawing(models.generator(), models.drawing(), sampling.size()).need();
    int together =
        batch == null ? BatchSize.fitting(need, how.size(), models.drawing().placement()) : batch;
    return new Easel(generator, how, together, seeds, folder, out.overwrite(), output.console());
  }
}
