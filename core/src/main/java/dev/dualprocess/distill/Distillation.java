package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Critique;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Lora;
import dev.dualprocess.Prompt;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.augment.Disturbance;
import dev.dualprocess.capture.Captures;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.lora.LoraWeights;
import dev.dualprocess.profile.Part;
import dev.dualprocess.profile.Profile;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Teaches a generator what a verifier wants to see (arXiv 2506.01955, section 3): the gradient of
 * -log p(answer) flows through the verifier, the visual prompt, the image and one pass of the
 * generator into a LoRA.
 *
 * <pre>{@code
 * try (Distillation distillation = Distillation.of(generator, verifier, prompt).start()) {
 *   distillation.run();
 *   distillation.lora().save(Path.of("horizon.safetensors"));
 * }
 * }</pre>
 *
 * <p>Not thread-safe, except for {@link #requestStop}. The same settings give the same LoRA bit for
 * bit, on one machine with one number of threads, however often the run is interrupted and resumed.
 */
public final class Distillation implements AutoCloseable {
  private static final long RENOISE_SEEDS =
      1L << 32; // away from the run's own and evaluation's seeds

  private static final long AUGMENTATION_SEEDS = 1_000_003; // more than a run has steps

  private final Generator generator;
  private final DistillSettings settings;

  private final List<Lesson> lessons; // one for each prompt
  private final Tensor noise; // [n, latent shape]
  private final List<Integer> sampledSteps;
  private final Sampling trained; // whose steps are trained
  private final FlowSchedule schedule; // of the trained steps
  private final LoraWeights lora;
  private final Adam adam;
  private final Captures captures; // of drafts with the LoRA
  private final Course course;

  /** What a draft depends on beside its latents. */
  private record Drawn(int step, int lesson) {}

  Distillation(DistillationBuilder builder) {
    generator = builder.generator;
    settings = builder.settings;
    Sampling sampling = settings.sampling();
    trained = trainedSampling();
    schedule = generator.trainingSchedule(trained);
    sampledSteps = builder.sampledSteps == null ? drawSteps() : builder.sampledSteps;
    int last = schedule.steps() - 1;
    if (sampledSteps.stream().anyMatch(i -> i < 0 || i > last)) {
      throw new IllegalArgumentException("sampled steps must be from 0 to " + last);
    }
    LoraTargets targets = generator.loraTargets();
    lessons =
        builder.taught.stream().map(t -> lesson(t, builder.verifier, targets.placement())).toList();
    noise =
        builder.noise == null
            ? Memory.kept(() -> generator.noise(settings.seed(), settings.seeds(), sampling.size()))
            : Memory.kept(() -> builder.noise);
    lora =
        builder.initialLora == null
            ? targets.create(settings.lora(), settings.seed())
            : LoraWeights.of(builder.initialLora).on(targets.placement());
    adam = new Adam(lora.flat(), lora.flatGradient(), settings.adam());
    captures =
        builder.captures != null
            ? builder.captures
            : generator.capturable() ? Captures.on(targets.placement()) : Captures.none();
    course = new Course(builder.fingerprint(), lora.flat(), adam, builder.listener);
  }

  /** A run of that prompt with the paper's settings, to be refined and started. */
  public static DistillationBuilder of(Generator generator, Verifier verifier, Prompt prompt) {
    return new DistillationBuilder(generator, verifier, prompt);
  }

  private Lesson lesson(DistillationBuilder.Taught taught, Verifier verifier, Placement where) {
    Critic critic =
        new Critic(
            verifier,
            taught.prompt(),
            settings.sampling().size(),
            settings.presentation(),
            settings.vqa(),
            where);
    Conditioning conditioning =
        taught.encoded() == null ? generator.condition(taught.prompt().text()) : taught.encoded();
    return new Lesson(conditioning, trained, critic);
  }

  private Sampling trainedSampling() {
    Sampling sampling = settings.sampling();
    return settings.scheme() == TrainingScheme.SAMPLED_STEP
        ? sampling
        : sampling.withSteps(generator.schedule(sampling).numTrainTimesteps());
  }

  /** Which step of the schedule each optimisation step trains: i = ⌊u N⌋, u uniform in [0, 1). */
  private List<Integer> drawSteps() {
    Random random = new Random(settings.seed());
    return IntStream.range(0, settings.steps())
        .mapToObj(step -> schedule.stepAt(random.nextDouble()))
        .toList();
  }

  /** Steps until all are done or {@link #requestStop} was called. */
  public void run() {
    while (!finished() && !course.stopping()) {
      step();
    }
  }

  /**
   * One optimisation step. Before and after it the adapter is not attached.
   *
   * @throws DistillationException if the loss is no number any more
   */
  public StepReport step() {
    long start = System.nanoTime();
    int k = course.steps();
    int seed = (int) (k % noise.size(0)); // one of the n noise seeds
    int i = sampledSteps.get(k); // the trained step of the schedule, i = ⌊u N⌋
    int turn = turn(k);
    Lesson lesson = lessons.get(turn);
    Conditioning taught = lesson.taught();
    Disturbance disturbance = settings.regularisation().augmentation().draw(augmentationSeed(k));
    Critique critique;
    Penalty penalty = new Penalty(settings.regularisation());
    try (PointerScope scope = new PointerScope()) {
      Tensor eps = noise.narrow(0, seed, 1);
      Tensor zt = Profile.part(Part.SAMPLE, () -> latents(eps, taught, i, k)); // z_t, no gradient
      Tensor bare = penalty.bare(() -> generator.draft(zt, i, taught, trained)); // without LoRA
      try (LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1.0);
          Draft draft = // eq. 5, decoded
              captures.draft(new Drawn(i, turn), zt, z -> generator.draft(z, i, taught, trained))) {
        critique =
            Profile.part(
                Part.VERIFY,
                () -> lesson.critic().critique(draft.image(), disturbance)); // eq. 4, ∂L/∂image
        course.requireFinite(critique.loss());
        Tensor dImage = penalty.onImage(draft.image(), bare, critique.imageGradient());
        Profile.part(Part.DRAFT_BACKWARD, () -> draft.backward(dImage)); // ∂L/∂LoRA
      }
    }
    penalty.onWeights(lora);
    double norm = Profile.part(Part.OPTIMIZER, () -> adam.step()); // clipped to norm 1
    StepReport report =
        new StepReport(
            k + 1,
            seed,
            schedule.sigma(i),
            critique.loss(),
            critique.assessments().stream().map(a -> a.probability()).toList(),
            norm,
            (System.nanoTime() - start) * 1e-9,
            penalty.value());
    return course.add(report);
  }

  /**
   * z_t at the trained step i: i sampling steps from the noise (eq. 2), or an image noised again
   * (eq. 1).
   */
  private Tensor latents(Tensor eps, Conditioning taught, int i, int k) {
    try (LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1.0)) {
      if (settings.scheme() == TrainingScheme.SAMPLED_STEP) {
        return generator.sample(eps, taught, trained, i);
      }
      Sampling sampling = settings.sampling();
      Tensor x0 = generator.sample(eps, taught, sampling, sampling.numInferenceSteps());
      Tensor fresh = generator.noise(settings.seed() + RENOISE_SEEDS + k, 1, sampling.size());
      return Flow.interpolate(x0, Ops.toLike(fresh, x0), schedule.sigma(i));
    }
  }

  /** Prompts take turns, and every round over the noise seeds begins with the next. */
  private int turn(int k) {
    long round = k / noise.size(0);
    return (int) ((k + round) % lessons.size());
  }

  /** Of step k, whatever was run before it. */
  private long augmentationSeed(int k) {
    return settings.seed() * AUGMENTATION_SEEDS + k;
  }

  /** Lets {@link #run} return after the step it is in; may be called from any thread. */
  public void requestStop() {
    course.requestStop();
  }

  /** Whether all steps are done, or as many as were needed. */
  public boolean finished() {
    return course.steps() >= settings.steps() || stoppedEarly();
  }

  /** Whether {@link Regularisation#earlyStop} was reached before the last step. */
  public boolean stoppedEarly() {
    return course.steps() < settings.steps()
        && settings.regularisation().earlyStop().reached(course.reports());
  }

  /** Every step so far, including those before a resume. */
  public List<StepReport> reports() {
    return course.reports();
  }

  /** The adapter in training. It belongs to the caller, who closes it after this run. */
  public Lora lora() {
    return lora;
  }

  /** What asks the verifier about the first prompt; closed with this run. */
  public Critic critic() {
    return lessons.get(0).critic();
  }

  /** The first prompt's text as the generator sees it when it draws; closed with this run. */
  public Conditioning conditioning() {
    return lessons.get(0).conditioning();
  }

  /**
   * Writes all that is needed to go on with the same numbers, replacing an earlier checkpoint as a
   * whole.
   */
  public void save(Path folder) throws IOException {
    course.save(folder);
  }

  /**
   * Goes on from a checkpoint. Noise, adapter and sampled steps that were given from outside must
   * be given again, the same.
   *
   * @throws IOException in one line, if there is none, it is broken, or it is of a run with other
   *     settings
   * @throws IllegalStateException if steps were taken already
   */
  public void resume(Path folder) throws IOException {
    course.resume(folder);
  }

  /** Frees everything but the adapter. */
  @Override
  public void close() {
    captures.close();
    adam.close();
    noise.close();
    lessons.forEach(Lesson::close);
  }
}
