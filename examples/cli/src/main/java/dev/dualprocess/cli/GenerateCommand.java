package dev.dualprocess.cli;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.models.MemoryPlan;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.run.SamplingParameters;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws images, with any number of LoRAs. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = "Draw images, with what was learnt or without.")
final class GenerateCommand implements Callable<Integer> {
  @Option(
      names = "--generator",
      required = true,
      paramLabel = "DIR",
      description = "A model directory, 'tiny', or a hub id.")
  private String generatorName;

  @Option(names = "--prompt", required = true, description = "The generator's text.")
  private String prompt;

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

  @Mixin private ResultsOptions out;

  @Mixin private SamplingOptions sampling;
  @Mixin private DownloadOptions download;
  @Mixin private PlacementOptions placement;
  @Mixin private OpeningOptions opening;
  @Mixin private MemoryOptions memory;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    RunOptions.requireCount("--count", count);
    if (prompt.isBlank()) {
      throw new IllegalArgumentException("the prompt is empty");
    }
    ModelSource<Generator> source = download.generator(generatorName);
    Placement where = placement.placement();
    RunOptions.requireSeeds("--seed", seed, "--count", count);
    threads.apply();
    memory.require(MemoryPlan.drawing(source, opening.at(where), sampling.size()));
    Console console = output.console();
    List<Lora> loaded = new ArrayList<>();
    try (RunFolder folder = out.openBesideResults();
        Generator generator = source.open(opening.at(where))) {
      for (LoraOption lora : loras) {
        loaded.add(Lora.load(lora.file()));
        generator.loraTargets().attach(loaded.get(loaded.size() - 1), lora.weight());
      }
      draw(generator, folder, console);
    } finally {
      loaded.forEach(Lora::close);
    }
    return 0;
  }

  private void draw(Generator generator, RunFolder folder, Console console) throws IOException {
    Sampling how = sampling.over(generator);
    for (int i = 0; i < count && !out.overwrite(); i++) {
      folder.requireNoOtherPicture("seed-" + (seed + i), parameters(generator, how, seed + i));
    }
    try (Conditioning conditioning = generator.condition(prompt);
        RunListener.Progress bar = console.progress("Drawing", count, 0)) {
      for (int i = 0; i < count; i++) {
        long s = seed + i;
        BufferedImage image = generator.generate(conditioning, how, s);
        folder.writePicture("seed-" + s, image, parameters(generator, how, s));
        bar.piece();
        console.event("image", Map.of("seed", s, "file", "seed-" + s + ".png"));
      }
    }
    console.say("%d image(s) are in %s", count, folder.path());
  }

  private Map<String, Object> parameters(Generator generator, Sampling how, long ofSeed) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("prompt", prompt);
    parameters.put("seed", ofSeed);
    parameters.putAll(SamplingParameters.of(generator, how));
    parameters.put(
        "loras", loras.stream().map(l -> l.file().getFileName() + ":" + l.weight()).toList());
    return parameters;
  }
}
