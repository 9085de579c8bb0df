package dev.dualprocess.world.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.distill.Regularisation;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.AtomicFile;
import dev.dualprocess.world.Scene;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.Tensor;

/**
 * Short distillations against the verifier as it stands. What the generator draws on the way is
 * what the verifier has to judge rightly when it is used: whatever fooled it becomes a lesson
 * (arXiv 1011.0686, dataset aggregation).
 */
final class Rehearsal {
  private static final ImageSize SIZE = ImageSize.square(Scene.SIDE);
  private static final int SHORTEST = 40; // steps
  private static final int LONGEST = 240;
  private static final int LOOK_EVERY = 8;
  private static final int LOOKED_AT = 3;
  private static final double SLOWEST = 4e-4;
  private static final double FASTEST = 3e-3;

  private static final double TEXT_FASTER = 2.5;

  private final Path flux;
  private final Path qwen;
  private final Function<Random, Rehearsed> subjects;
  private final BooleanSupplier stopping;

  /**
   * With the models of these folders.
   *
   * @param subjects draws what is rehearsed
   * @param stopping asked after every step
   */
  Rehearsal(Path flux, Path qwen, Function<Random, Rehearsed> subjects, BooleanSupplier stopping) {
    this.flux = flux;
    this.qwen = qwen;
    this.subjects = subjects;
    this.stopping = stopping;
  }

  /**
   * Distils {@code runs} times and keeps what was drawn in {@code folder}, unless it is there.
   *
   * @return all of it; nothing if {@code stopping} asked for a stop, and then it is drawn anew
   */
  List<Subject.Measured> pictures(Path folder, int runs, Random random) throws IOException {
    Path done = folder.resolve("done.json");
    if (!Files.exists(done)) {
      Files.createDirectories(folder);
      List<String> prompts = new ArrayList<>();
      try (Generator generator = Providers.generators().open(flux, Placement.CPU);
          Verifier verifier = Providers.verifiers().open(qwen, Placement.CPU)) {
        for (int run = 0; run < runs && !stopping.getAsBoolean(); run++) {
          Rehearsed rehearsed = subjects.apply(random);
          Prompt prompt = rehearsed.prompt();
          prompts.add(prompt.text() + " | " + prompt.checks().get(0));
          distil(generator, verifier, rehearsed, random, folder, run);
        }
      }
      if (stopping.getAsBoolean()) {
        return List.of();
      }
      AtomicFile.write(done, path -> new ObjectMapper().writeValue(path.toFile(), prompts));
    }
    List<Subject.Measured> pictures = new ArrayList<>();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".png")).sorted().toList()) {
        pictures.add(new Subject.Measured(PictureFile.read(file), Rehearsed.things(file)));
      }
    }
    return pictures;
  }

  private void distil(
      Generator generator,
      Verifier verifier,
      Rehearsed rehearsed,
      Random random,
      Path folder,
      int run)
      throws IOException {
    Sampling sampling = generator.defaultSampling().withSize(SIZE);
    int steps = (int) anyBetween(SHORTEST, LONGEST, random);
    double rate = anyBetween(SLOWEST, FASTEST, random);
    boolean textAlone = random.nextBoolean();
    int rank = 4 << random.nextInt(3);
    DistillSettings settings =
        DistillSettings.paper(sampling)
            .withSteps(steps)
            .withSeeds(steps)
            .withSeed(random.nextInt(Integer.MAX_VALUE))
            .withLora(
                new LoraSettings(rank, rank, LoraSettings.Init.GAUSSIAN)
                    .onModules(textAlone ? TinyTeaching.TEXT_STREAM : TinyTeaching.EVERY_STREAM))
            .withLearningRate(textAlone ? TEXT_FASTER * rate : rate);
    if (random.nextInt(4) > 0) {
      settings =
          settings.withRegularisation(Regularisation.NONE.withAugmentation(TinyTeaching.MOVED));
    }
    try (Distillation distillation =
        Distillation.of(generator, verifier, rehearsed.prompt()).settings(settings).start()) {
      try {
        while (!distillation.finished() && !stopping.getAsBoolean()) {
          distillation.step();
          int step = distillation.reports().size();
          if (step % LOOK_EVERY == 0) {
            String name = String.format(Locale.ROOT, "%03d-%03d", run, step);
            look(generator, distillation, sampling, rehearsed, folder.resolve(name), random);
          }
        }
      } finally {
        distillation.lora().close();
      }
    }
  }

  /** Uniform in the logarithm. */
  private static double anyBetween(double least, double most, Random random) {
    return least * Math.pow(most / least, random.nextDouble());
  }

  private static void look(
      Generator generator,
      Distillation distillation,
      Sampling sampling,
      Rehearsed rehearsed,
      Path name,
      Random random)
      throws IOException {
    try (LoraTargets.Attachment attached =
        generator.loraTargets().attach(distillation.lora(), 1.0)) {
      for (int i = 0; i < LOOKED_AT; i++) {
        BufferedImage picture =
            Memory.freeing(
                () -> {
                  Tensor noise = generator.noise(random.nextInt(), 1, SIZE);
                  return Pixels.toImage(
                      generator.generate(noise, distillation.conditioning(), sampling));
                });
        ImageIO.write(picture, "png", rehearsed.file(name, i).toFile());
      }
    }
  }
}
