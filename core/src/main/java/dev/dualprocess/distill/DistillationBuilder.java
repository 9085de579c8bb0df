package dev.dualprocess.distill;

import dev.dualprocess.Check;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.parallel.Ranks;
import dev.dualprocess.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link Distillation} is made of; begun by {@link Distillation#of}. */
public final class DistillationBuilder {
  private final Generator generator;
  private final Verifier verifier;
  private final List<Taught> taught = new ArrayList<>();
  private DistillSettings settings;
  private StepListener listener = report -> {};
  private @Nullable Tensor noise;
  private @Nullable Lora initialLora;
  private @Nullable List<Integer> sampledSteps;
  private Ranks ranks = Ranks.ALONE;

  /**
   * A prompt that a run teaches.
   *
   * @param encoded its text, if somebody encoded it earlier; else null
   */
  private record Taught(Prompt prompt, @Nullable Conditioning encoded) {}

  DistillationBuilder(Generator generator, Verifier verifier, Prompt prompt) {
    this.generator = generator;
    this.verifier = verifier;
    this.taught.add(new Taught(prompt, null));
    this.settings =
        DistillSettings.paper(generator.defaultSampling())
            .withLearningRate(generator.defaultLearningRate());
  }

  /** The paper's settings with the generator's own sampling and learning rate, unless changed. */
  public DistillSettings settings() {
    return settings;
  }

  /** Other settings than {@link #settings()}. */
  public DistillationBuilder settings(DistillSettings newSettings) {
    settings = Objects.requireNonNull(newSettings, "settings");
    return this;
  }

  /** So many optimisation steps, the other settings as they are. */
  public DistillationBuilder steps(int steps) {
    return settings(settings.withSteps(steps));
  }

  /** Images of that size, the other settings as they are. */
  public DistillationBuilder size(ImageSize size) {
    return settings(
        settings.withSampling(settings.sampling().withSize(Objects.requireNonNull(size, "size"))));
  }

  /** Who is told of every step. */
  public DistillationBuilder listener(StepListener newListener) {
    listener = Objects.requireNonNull(newListener, "listener");
    return this;
  }

  /**
   * Noise from outside instead of the run's seed: [n, latent shape] to train weights, where n
   * replaces the setting, or [1, latent shape], which is copied, where latents are optimised.
   */
  public DistillationBuilder noise(Tensor newNoise) {
    noise = Objects.requireNonNull(newNoise, "noise");
    return this;
  }

  /**
   * The first prompt's text, encoded earlier: where memory is short, before the verifier was
   * opened, so that text encoders are gone when it takes their room. It becomes the run's.
   */
  public DistillationBuilder conditioning(Conditioning encoded) {
    taught.set(
        0, new Taught(taught.get(0).prompt(), Objects.requireNonNull(encoded, "conditioning")));
    return this;
  }

  /**
   * One more prompt, trained in turn with the others, so that what is learnt does not hang on the
   * words of one: draw k of a round over the noise seeds takes prompt k mod n, and every round
   * begins with the next prompt. It may have other checks, but as many.
   *
   * @throws IllegalArgumentException if it has more or fewer checks than the first
   */
  public DistillationBuilder also(Prompt prompt) {
    return also(prompt, null);
  }

  /**
   * One more prompt as {@link #also(Prompt)}, its text {@linkplain #conditioning encoded earlier};
   * that becomes the run's.
   */
  public DistillationBuilder also(Prompt prompt, @Nullable Conditioning encoded) {
    Objects.requireNonNull(prompt, "prompt");
    int checks = taught.get(0).prompt().checks().size();
    if (prompt.checks().size() != checks) {
      throw new IllegalArgumentException(
          "'%s' has %d checks, '%s' has %d: prompts that take turns need as many each"
              .formatted(
                  prompt.text(), prompt.checks().size(), taught.get(0).prompt().text(), checks));
    }
    taught.add(new Taught(prompt, encoded));
    return this;
  }

  /** Where the adapter starts, instead of a fresh one; it is copied, and its scale is kept. */
  public DistillationBuilder initialLora(Lora start) {
    initialLora = Objects.requireNonNull(start, "initialLora");
    return this;
  }

  /**
   * Who take the steps together, each with models of its own and the same of everything else; they
   * stay the caller's. They share the draws of {@link DistillSettings#accumulate()}, which must be
   * a multiple of their number, and end with the same bits as each other.
   */
  public DistillationBuilder ranks(Ranks newRanks) {
    ranks = Objects.requireNonNull(newRanks, "ranks");
    return this;
  }

  /**
   * The trained step of the schedule for every optimisation step, and for each of its draws where
   * several accumulate, instead of a random draw.
   */
  public DistillationBuilder sampledSteps(List<Integer> indices) {
    sampledSteps = List.copyOf(Objects.requireNonNull(indices, "sampledSteps"));
    return this;
  }

  /**
   * Encodes the prompts, draws the noise, makes what is learnt. If that fails, nothing stays
   * behind; texts that were encoded earlier are closed too.
   *
   * @throws IllegalArgumentException in one line, if the parts do not fit
   */
  public Distillation start() {
    return Torch.plainly(this::started);
  }

  private Distillation started() {
    List<Lesson> lessons = new ArrayList<>();
    try {
      requireFit();
      Trajectory trajectory = new Trajectory(generator, settings, sampledSteps);
      for (Taught each : taught) {
        lessons.add(lesson(each, trajectory));
      }
      String fingerprint = fingerprint();
      Learner learner = learner();
      Course course = new Course(fingerprint, learner.parameters(), learner.adam(), listener);
      return new Distillation(
          settings,
          List.copyOf(lessons),
          trajectory,
          learner,
          course,
          ranks,
          generator.loraTargets().lifetime());
    } catch (RuntimeException | Error e) {
      lessons.forEach(Lesson::close);
      taught.stream().map(Taught::encoded).filter(Objects::nonNull).forEach(Conditioning::close);
      throw e;
    }
  }

  private void requireFit() {
    int draws = settings.steps() * settings.accumulate();
    if (sampledSteps != null && sampledSteps.size() < draws) {
      throw new IllegalArgumentException(
          "%d sampled steps are too few for %d optimisation steps%s"
              .formatted(
                  sampledSteps.size(),
                  settings.steps(),
                  settings.accumulate() == 1
                      ? ""
                      : " of %d draws each".formatted(settings.accumulate())));
    }
    if (settings.accumulate() % ranks.size() != 0) {
      throw new IllegalArgumentException(
          "%d draws a step cannot be shared evenly by %d devices: accumulate a multiple of %d"
              .formatted(settings.accumulate(), ranks.size(), ranks.size()));
    }
    if (settings.optimised() == Optimised.LATENTS) {
      if (taught.size() > 1) {
        throw new IllegalArgumentException("the noise of a seed is optimised for one prompt alone");
      }
      if (initialLora != null || sampledSteps != null) {
        throw new IllegalArgumentException(
            "latents are optimised at the noise itself, without a LoRA");
      }
    }
  }

  private Lesson lesson(Taught each, Trajectory trajectory) {
    Conditioning text =
        each.encoded() == null ? generator.condition(each.prompt().text()) : each.encoded();
    try {
      Conditioning taughtText = text.forTraining(trajectory.trained());
      Examiner examiner =
          new Examiner(
              verifier,
              each.prompt(),
              settings.sampling().size(),
              settings.presentation(),
              settings.vqa(),
              generator.loraTargets().placement());
      return new Lesson(
          text, taughtText, examiner, settings.regularisation().augmentation(), settings.seed());
    } catch (RuntimeException | Error e) {
      text.close();
      throw e;
    }
  }

  private Learner learner() {
    return settings.optimised() == Optimised.LATENTS
        ? new NoiseLearner(generator, settings, noise)
        : AdapterLearner.start(generator, settings, noise, initialLora, ranks);
  }

  /** What must be the same for a checkpoint to fit; more steps may be asked for than before. */
  private String fingerprint() {
    String prompts =
        taught.stream()
            .map(Taught::prompt)
            .map(this::fingerprint)
            .collect(Collectors.joining(", "));
    return "generator %s, verifier %s, %s, settings %s"
        .formatted(generator.name(), verifier.name(), prompts, settings.withSteps(1));
  }

  private String fingerprint(Prompt prompt) {
    String checks =
        prompt.checks().stream().map(this::fingerprint).collect(Collectors.joining(", "));
    return "prompt '%s', checks [%s]".formatted(prompt.text(), checks);
  }

  private String fingerprint(Check check) {
    String drawn =
        check
            .visualPrompt()
            .map(drawing -> " over " + drawing.fingerprint(settings.sampling().size()))
            .orElse("");
    String weight = check.weight() == 1 ? "" : " of weight " + check.weight();
    return check.question() + drawn + weight;
  }
}
