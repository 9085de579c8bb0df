package dev.dualprocess.world.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.Check;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
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
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.AtomicFile;
import dev.dualprocess.world.ContentQuestion;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.Style;
import dev.dualprocess.world.Things;
import dev.dualprocess.world.TimeOfDay;
import dev.dualprocess.world.Tone;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

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
  private final BooleanSupplier stopping;

  /**
   * With the models of these folders.
   *
   * @param stopping asked after every step
   */
  Rehearsal(Path flux, Path qwen, BooleanSupplier stopping) {
    this.flux = flux;
    this.qwen = qwen;
    this.stopping = stopping;
  }

  /**
   * Distils {@code runs} times and keeps what was drawn in {@code folder}, unless it is there.
   *
   * @return all of it; nothing if {@code stopping} asked for a stop, and then it is drawn anew
   */
  List<BufferedImage> pictures(Path folder, int runs, Random random) throws IOException {
    Path done = folder.resolve("done.json");
    if (!Files.exists(done)) {
      Files.createDirectories(folder);
      List<String> prompts = new ArrayList<>();
      try (Generator generator = Providers.generators().open(flux, Placement.CPU);
          Verifier verifier = Providers.verifiers().open(qwen, Placement.CPU)) {
        for (int run = 0; run < runs && !stopping.getAsBoolean(); run++) {
          Prompt prompt = prompt(random);
          prompts.add(prompt.text() + " | " + prompt.checks().get(0));
          distil(generator, verifier, prompt, random, folder, run);
        }
      }
      if (stopping.getAsBoolean()) {
        return List.of();
      }
      AtomicFile.write(done, path -> new ObjectMapper().writeValue(path.toFile(), prompts));
    }
    List<BufferedImage> pictures = new ArrayList<>();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".png")).sorted().toList()) {
        pictures.add(PictureFile.read(file));
      }
    }
    return pictures;
  }

  private static Prompt prompt(Random random) {
    Scene scene = Scene.random(random);
    int topic = random.nextInt(8);
    VisualPrompt asked = null;
    if (topic < 5) {
      asked = VisualPrompt.horizon((14 + random.nextInt(37)) / (double) Scene.SIDE);
    } else if (topic == 5) {
      while (scene.style() != Style.CARTOON || scene.time() == TimeOfDay.NIGHT) {
        scene = Scene.random(random);
      }
      asked = VisualPrompt.lineWeight(1 + random.nextInt(4));
    } else if (topic == 6) {
      asked = VisualPrompt.palette(colors(random));
    }
    String question = asked == null ? "Is it night?" : asked.defaultQuestion().orElseThrow();
    Prompt prompt = Prompt.of(scene.prompt()).check(check(question, asked));
    boolean keepsContent = topic < 6 && scene.tone() == Tone.NATURAL && random.nextInt(4) > 0;
    return keepsContent
        ? prompt.check(check(ContentQuestion.of(scene.ground(), scene.time()), asked))
        : prompt;
  }

  private static Check check(String question, @Nullable VisualPrompt asked) {
    return new Check(new Question(question, "Yes").withYesNoPostfix(), Optional.ofNullable(asked));
  }

  private static String colors(Random random) {
    Scene other = Scene.random(random);
    while (other.tone() == Tone.NATURAL && other.things() != Things.NONE) {
      other = Scene.random(random);
    }
    BufferedImage picture = Subject.Drawn.of(other).picture();
    List<String> colors = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int row = (int) (Scene.SIDE * (i + random.nextDouble()) / 4);
      int rgb = picture.getRGB(random.nextInt(Scene.SIDE), row) & 0xffffff;
      colors.add(String.format(Locale.ROOT, "#%06x", rgb));
    }
    return String.join(",", colors);
  }

  private void distil(
      Generator generator, Verifier verifier, Prompt prompt, Random random, Path folder, int run)
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
                    .onModules(textAlone ? TinyTeaching.TEXT_STREAM : ""))
            .withLearningRate(textAlone ? TEXT_FASTER * rate : rate);
    if (random.nextInt(4) > 0) {
      settings =
          settings.withRegularisation(Regularisation.NONE.withAugmentation(TinyTeaching.MOVED));
    }
    try (Distillation distillation =
        Distillation.of(generator, verifier, prompt).settings(settings).start()) {
      try {
        while (!distillation.finished() && !stopping.getAsBoolean()) {
          distillation.step();
          int step = distillation.reports().size();
          if (step % LOOK_EVERY == 0) {
            look(generator, distillation, sampling, folder, run, step, random);
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
      Path folder,
      int run,
      int step,
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
        String name = String.format(Locale.ROOT, "%03d-%03d-%d.png", run, step, i);
        ImageIO.write(picture, "png", folder.resolve(name).toFile());
      }
    }
  }
}
