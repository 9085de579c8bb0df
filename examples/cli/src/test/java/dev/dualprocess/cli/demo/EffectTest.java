package dev.dualprocess.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.audit.TokenPattern;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.distill.DistillationBuilder;
import dev.dualprocess.distill.Regularisation;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.overlay.PresentationSettings.Range;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Soak;
import dev.dualprocess.tiny.BundledModels;
import dev.dualprocess.world.training.TinyTeaching;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bundled models learn the control, by what the pixels show; with the answer No they unlearn
 * it.
 */
class EffectTest {
  private static final Logger LOG = LoggerFactory.getLogger(EffectTest.class);
  private static final long FIRST_UNSEEN_SEED = 20_000;
  private static final int UNSEEN_SEEDS = 16;

  /** Fewer and larger steps than the demo's. */
  private static final DemoSettings SHORT = shorter(350, 0.25);

  /** As many as show a direction, and nothing that holds a picture back. */
  private static final DemoSettings SHORTER = shorter(200, 0);

  private static DemoSettings shorter(int steps, double driftPenalty) {
    return new DemoSettings(
        steps,
        1e-3,
        4,
        TinyTeaching.TEXT_STREAM,
        Regularisation.NONE.withAugmentation(TinyTeaching.MOVED).withDriftPenalty(driftPenalty),
        Range.MIN_MAX);
  }

  /** What the mean error must be under, and what it was at least before. */
  private static final double LEARNT = 2;

  private static final double LEARNT_ON_UNSEEN_PROMPTS = 4;

  private static final double UNLEARNT = 6;

  private static Generator generator;
  private static Verifier verifier;

  @BeforeAll
  static void open() throws IOException {
    generator = Providers.generators().open(BundledModels.generator(), Placement.CPU);
    verifier = Providers.verifiers().open(BundledModels.verifier(), Placement.CPU);
  }

  @AfterAll
  static void close() {
    generator.close();
    verifier.close();
  }

  /** Mean errors in pixels on unseen seeds. */
  private record Errors(
      double before, double after, double afterSecondMeter, double afterOnUnseenPrompt) {}

  private static Errors errors(DemoSettings demo, DemoTask task, List<Prompt> lessons) {
    DistillSettings settings = demo.distillation(generator.defaultSampling(), 0);
    DistillationBuilder builder =
        Distillation.of(generator, verifier, lessons.get(0)).settings(settings);
    lessons.stream().skip(1).forEach(builder::also);
    try (Distillation distillation = builder.start();
        Lora lora = distillation.lora();
        Conditioning unseen = generator.condition(task.unseenPrompts().get(0))) {
      double before = mean(task.error(), images(distillation.conditioning(), settings));
      distillation.run();
      try (Attachment learnt = generator.loraTargets().attach(lora, 1.0)) {
        List<BufferedImage> images = images(distillation.conditioning(), settings);
        Errors errors =
            new Errors(
                before,
                mean(task.error(), images),
                mean(task.secondError().orElseThrow(), images),
                mean(task.error(), images(unseen, settings)));
        LOG.info("'{}', {} {}: {}", lessons.get(0).text(), task.name(), task.target(), errors);
        return errors;
      }
    }
  }

  private static List<BufferedImage> images(Conditioning conditioning, DistillSettings settings) {
    List<BufferedImage> images = new ArrayList<>();
    for (int i = 0; i < UNSEEN_SEEDS; i++) {
      long seed = FIRST_UNSEEN_SEED + i;
      images.add(
          Memory.freeing(
              () ->
                  Pixels.toImage(
                      generator.generate(
                          generator.noise(seed, 1, settings.sampling().size()),
                          conditioning,
                          settings.sampling()))));
    }
    return images;
  }

  private static double mean(DemoTask.PixelError error, List<BufferedImage> images) {
    return images.stream().mapToDouble(error.meter()::of).average().orElseThrow();
  }

  @Test
  void theHorizonMovesToTheLine() {
    assertTheHorizonMovesToTheLine("a photo of a desert at noon");
  }

  @Test
  @Tag("soak")
  void theHorizonOfACartoonMovesToTheLine() {
    assumeTrue(Soak.times(100) > 1, "in the soak alone");
    assertTheHorizonMovesToTheLine("a cartoon of a meadow at noon");
  }

  private static void assertTheHorizonMovesToTheLine(String prompt) {
    HorizonTask task = new HorizonTask(0.3);
    Errors errors = errors(SHORT, task, task.lessons(prompt, "Yes"));
    assertTrue(errors.before() > UNLEARNT, errors.toString());
    assertTrue(errors.after() < LEARNT, errors.toString());
    assertEquals(errors.after(), errors.afterSecondMeter(), 1, errors.toString());
    assertTrue(errors.afterOnUnseenPrompt() < LEARNT_ON_UNSEEN_PROMPTS, errors.toString());
  }

  @Test
  @Tag("slow")
  void withTheAnswerNoItMovesAway() {
    HorizonTask task = new HorizonTask(0.7);
    Errors errors =
        errors(SHORTER, task, List.of(task.lesson("a photo of a desert at noon", "No")));
    assertTrue(errors.after() > 1.2 * errors.before(), errors.toString());
  }

  @Test
  @Tag("slow")
  void theSunGoesIntoTheBox() {
    assertHalved(new CompositionTask(CompositionTask.BOX));
  }

  @Test
  @Tag("slow")
  void whatStandsAtAComesNearer() {
    assertHalved(DepthTask.DEFAULT);
  }

  private static void assertHalved(DemoTask task) {
    DemoSettings quick = DemoSettings.of(task).withSteps(300);
    Errors errors = errors(quick, task, task.lessons(task.defaultPrompt(), "Yes"));
    assertTrue(errors.after() < 0.5 * errors.before(), errors.toString());
    assertTrue(errors.afterSecondMeter() < 0.5 * errors.before(), errors.toString());
    assertTrue(errors.afterOnUnseenPrompt() < 0.6 * errors.before(), errors.toString());
  }

  /** Colours change, things stay, and no dots come; without penalties the dots come. */
  @Test
  @Tag("slow")
  void aPaletteIsTakenOnWithoutDots() {
    PaletteTask task = new PaletteTask(PaletteTask.COLORS);
    DemoSettings demo = DemoSettings.of(task);
    DemoSettings quick =
        new DemoSettings(
            300, 1.4e-3, demo.rank(), demo.modules(), demo.regularisation(), demo.range());
    Recoloured recoloured = recoloured(quick, task);
    assertTrue(recoloured.errorLeft() < 0.75, recoloured.toString());
    assertTrue(recoloured.dots() < 1.3, recoloured.toString());
    assertTrue(recoloured.outlines() > 0.85, recoloured.toString());
  }

  @Test
  @Tag("soak")
  void withoutPenaltiesThePaletteIsPaintedInDots() {
    assumeTrue(Soak.times(100) > 1, "in the soak alone");
    Recoloured recoloured = recoloured(shorter(300, 0), new PaletteTask(PaletteTask.COLORS));
    assertTrue(recoloured.dots() > 1.5, recoloured.toString());
  }

  /** What became of pictures, as parts of what was before. */
  private record Recoloured(double errorLeft, double dots, double outlines) {}

  private static Recoloured recoloured(DemoSettings demo, PaletteTask task) {
    DistillSettings settings = demo.distillation(generator.defaultSampling(), 0);
    List<Prompt> lessons = task.lessons(task.defaultPrompt(), "Yes");
    DistillationBuilder builder =
        Distillation.of(generator, verifier, lessons.get(0)).settings(settings);
    lessons.stream().skip(1).forEach(builder::also);
    try (Distillation distillation = builder.start();
        Lora lora = distillation.lora()) {
      List<BufferedImage> before = images(distillation.conditioning(), settings);
      distillation.run();
      try (Attachment learnt = generator.loraTargets().attach(lora, 1.0)) {
        List<BufferedImage> after = images(distillation.conditioning(), settings);
        int side = generator.tokenSide().orElseThrow();
        Recoloured recoloured =
            new Recoloured(
                mean(task.error(), after) / mean(task.error(), before),
                TokenPattern.of(after, side).prominence()
                    / TokenPattern.of(before, side).prominence(),
                Observation.OUTLINES.share().of(before, after));
        LOG.info("palette: {}", recoloured);
        return recoloured;
      }
    }
  }
}
