package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Critique;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.parallel.Ranks;
import dev.dualprocess.profile.Part;
import dev.dualprocess.profile.Profiler;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Teaches a generator what a verifier wants to see (arXiv 2506.01955, section 3): the gradient of
 * -log p(answer) flows through the verifier, the visual prompt, the image and one pass of the
 * generator into a LoRA, or into the noise of one seed ({@link Optimised}).
 *
 * <pre>{@code
 * try (ModelPair models = Models.pair("tiny", "tiny", LoadOptions.at(Placement.CPU), prompt);
 *     Distillation distillation = models.distillation(prompt).start();
 *     Lora lora = distillation.lora()) {
 *   distillation.run();
 *   lora.save(Path.of("horizon.safetensors"));
 * }
 * }</pre>
 *
 * <p>Not thread-safe, except for {@link #requestStop}. The same settings give the same result bit
 * for bit, on one machine with one number of threads, however often the run is interrupted and
 * resumed.
 */
public final class Distillation implements AutoCloseable {
  private final DistillSettings settings;
  private final List<Lesson> lessons; // one for each prompt
  private final Trajectory trajectory;
  private final Learner learner;
  private final Course course;
  private final Ranks ranks; // not owned
  private final Lifetime generator;
  private final Lifetime lifetime = new Lifetime("this distillation");

  /** Takes ownership of lessons and learner. */
  Distillation(
      DistillSettings settings,
      List<Lesson> lessons,
      Trajectory trajectory,
      Learner learner,
      Course course,
      Ranks ranks,
      Lifetime generator) {
    this.settings = settings;
    this.lessons = lessons;
    this.trajectory = trajectory;
    this.learner = learner;
    this.course = course;
    this.ranks = ranks;
    this.generator = generator;
  }

  /** A run of that prompt with the paper's settings, to be refined and started. */
  public static DistillationBuilder of(Generator generator, Verifier verifier, Prompt prompt) {
    return new DistillationBuilder(
        Objects.requireNonNull(generator, "generator"),
        Objects.requireNonNull(verifier, "verifier"),
        Objects.requireNonNull(prompt, "prompt"));
  }

  /** How {@link #run} ended. */
  public enum Ending {
    /** All steps are done, or as many as were needed. */
    FINISHED,
    /** {@link #requestStop} was called. */
    STOPPED,
    /** The thread was interrupted; it still is, so clear that before anything is saved. */
    INTERRUPTED
  }

  /**
   * Steps until all are done, {@link #requestStop} was called or the thread is interrupted. A run
   * that was stopped goes on when this is called again.
   *
   * @return why there are no more steps
   * @throws DivergedException if loss or gradient is no number any more; what was learnt is then as
   *     it was when that was last found good, and can be {@linkplain #save saved}
   * @throws DistillationException if they are no numbers from the first step on
   */
  public Ending run() {
    lifetime.requireOpen();
    while (!finished()) {
      boolean interrupted = Thread.currentThread().isInterrupted();
      if (ranks.any(interrupted || course.heedStop())) {
        return interrupted ? Ending.INTERRUPTED : Ending.STOPPED;
      }
      step();
    }
    course.heedStop();
    requireAgreement();
    return Ending.FINISHED;
  }

  /** What all ranks have learnt is the same bit for bit, or something is broken. */
  private void requireAgreement() {
    if (!ranks.agree(() -> Memory.freeing(() -> Ops.toFloats(learner.parameters())))) {
      throw new IllegalStateException(
          "the devices have not learnt the same: are they of one kind, and their models?");
    }
  }

  /**
   * One optimisation step, for which it has the generator to itself; where several ranks take it,
   * each calls this. Before and after it the adapter is not attached.
   *
   * @throws DivergedException if loss or gradient is no number any more; what was learnt is then as
   *     it was when that was last found good
   * @throws DistillationException if they are no numbers from the first step on
   * @throws IllegalStateException if all steps are done, or another thread uses the generator
   */
  public StepReport step() {
    if (course.steps() >= settings.steps()) {
      throw new IllegalStateException(
          "this distillation has taken all its " + settings.steps() + " steps");
    }
    StepReport report;
    try (Lifetime.Hold mine = lifetime.claim();
        Lifetime.Hold alone = generator.claim()) {
      report = lifetime.sharing(this::takenOrBack);
    }
    return course.add(report); // others may use the generator while the listener is told
  }

  private StepReport takenOrBack() {
    int step = course.steps() + 1;
    try {
      return taken();
    } catch (DistillationException e) {
      throw back(step, Torch.message(e));
    }
  }

  private DistillationException back(int step, String reason) {
    OptionalInt kept = course.backToLastGood();
    String learnt = settings.optimised() == Optimised.LATENTS ? "latents" : "LoRA";
    return kept.isEmpty()
        ? new DistillationException(reason)
        : new DivergedException(step, kept.getAsInt(), learnt, reason);
  }

  private StepReport taken() {
    long start = System.nanoTime();
    List<Critique> critiques = critiques();
    double norm = learner.update(); // θ by Adam, its gradient clipped
    return report(critiques, norm, start);
  }

  /** The draws of this step that are this rank's; where one rank's fail, those of all do. */
  private List<Critique> critiques() {
    learner.begin();
    List<Critique> critiques = new ArrayList<>();
    DistillationException failed = null;
    try {
      for (int k : draws()) {
        critiques.add(drawn(k));
        learner.gather(); // ∂L/∂θ, for the mean over the draws
      }
    } catch (DistillationException e) {
      failed = e;
    }
    boolean anyFailed = ranks.any(failed != null);
    if (failed != null) {
      throw failed;
    }
    if (anyFailed) {
      throw new DistillationException("a draw on another device was no number" + when());
    }
    return critiques;
  }

  private Critique drawn(int k) {
    Lesson lesson = lesson(k);
    try (PointerScope scope = new PointerScope()) {
      Tensor zt = latents(k, lesson); // eq. 1 or 2, no gradient
      try (Draft draft = draft(zt, k, lesson)) { // eq. 5
        Critique critique = critique(draft.image(), k, lesson); // L, eq. 4, and ∂L/∂image
        backward(draft, critique.imageGradient()); // ∂L/∂θ
        return critique;
      }
    }
  }

  /** Of the K draws of this step, every so many-th is a rank's: all of them, where it is alone. */
  private List<Integer> draws() {
    int first = course.steps() * settings.accumulate();
    return IntStream.range(first, first + settings.accumulate())
        .filter(draw -> draw % ranks.size() == ranks.rank())
        .boxed()
        .toList();
  }

  private String when() {
    return " at step " + (course.steps() + 1);
  }

  private Critique critique(Tensor image, int k, Lesson lesson) {
    try {
      return lesson.critique(image, k, when());
    } catch (DistillationException e) {
      if (Finite.all(image)) {
        throw e;
      }
      throw new DistillationException(
          "the picture is not finite (NaN or infinite numbers)%s: %s"
              .formatted(when(), trajectory.fault(learner.noise(k), lesson.taught())));
    }
  }

  /** z_t of draw k, reached with what was learnt so far. */
  private Tensor latents(int k, Lesson lesson) {
    try (Attachment attached = trajectory.samples(k) ? learner.attach() : () -> {}) {
      return Profiler.part(
          Part.SAMPLE, () -> trajectory.latents(learner.noise(k), k, lesson.taught()));
    }
  }

  private Draft draft(Tensor zt, int k, Lesson lesson) {
    Drafting drafting = trajectory.drafting(k, lesson.taught());
    return Profiler.part(Part.DRAFT, () -> learner.draft(zt, drafting));
  }

  private static void backward(Draft draft, Tensor dImage) {
    Profiler.during(Part.BACKWARD, () -> draft.backward(dImage));
  }

  /** Prompts take turns, and every round over the noise seeds begins with the next. */
  private Lesson lesson(int k) {
    long round = k / learner.seeds();
    return lessons.get((int) ((k + round) % lessons.size()));
  }

  private StepReport report(List<Critique> critiques, double norm, long start) {
    int accumulate = settings.accumulate();
    int first = course.steps() * accumulate;
    double sigma = IntStream.range(first, first + accumulate).mapToDouble(trajectory::sigma).sum();
    double[] sums = ranks.sum(sums(critiques)); // L, then the probability of each check
    return new StepReport(
        course.steps() + 1,
        first % learner.seeds(),
        sigma / accumulate,
        sums[0] / accumulate,
        Arrays.stream(sums).skip(1).mapToObj(sum -> sum / accumulate).toList(),
        norm,
        (System.nanoTime() - start) * 1e-9,
        learner.penalty());
  }

  private static double[] sums(List<Critique> critiques) {
    double[] sums = new double[1 + critiques.get(0).assessments().size()];
    for (Critique critique : critiques) {
      sums[0] += critique.loss();
      for (int i = 1; i < sums.length; i++) {
        sums[i] += critique.assessments().get(i - 1).probability();
      }
    }
    return sums;
  }

  /**
   * Lets {@link #run} return after the step it is in, or the next one at once where none is
   * running; may be called from any thread.
   */
  public void requestStop() {
    course.requestStop();
  }

  /** Whether all steps are done, or as many as were needed. */
  public boolean finished() {
    return course.steps() >= settings.steps() || stoppedEarly();
  }

  /** Whether {@link Regularisation#earlyStop()} was reached before the last step. */
  public boolean stoppedEarly() {
    return course.steps() < settings.steps()
        && settings.regularisation().earlyStop().reached(course.reports());
  }

  /**
   * Goes back to what was learnt when that was last found good, as a step does that fails: for a
   * picture that turns out not to be finite after the last one.
   *
   * @param reason in one line
   * @return what to throw: a {@link DivergedException}, unless nothing was found good yet
   */
  public DistillationException diverged(String reason) {
    Objects.requireNonNull(reason, "reason");
    try (Lifetime.Hold mine = lifetime.claim()) {
      return back(course.steps(), reason);
    }
  }

  /** Every step so far, including those before a resume. */
  public List<StepReport> reports() {
    return course.reports();
  }

  /**
   * The adapter in training. It belongs to the caller, who closes it when it is not used any more
   * and no further step will be taken.
   *
   * @throws IllegalStateException if this run optimises latents
   */
  public Lora lora() {
    if (learner instanceof AdapterLearner adapter) {
      return adapter.lora();
    }
    throw new IllegalStateException("this run optimises latents: there is no LoRA");
  }

  /**
   * The noise as it stands: fp32 [1, latent shape], in the caller's scope.
   *
   * @throws IllegalStateException if this run optimises weights
   */
  public Tensor latents() {
    lifetime.requireOpen();
    if (learner instanceof NoiseLearner noise) {
      return noise.latents();
    }
    throw new IllegalStateException("this run optimises weights: there are no latents of its own");
  }

  /** What asks the verifier about the first prompt; closed with this run. */
  public Examiner examiner() {
    lifetime.requireOpen();
    return lessons.get(0).examiner();
  }

  /** The first prompt's text as the generator sees it when it draws; closed with this run. */
  public Conditioning conditioning() {
    lifetime.requireOpen();
    return lessons.get(0).conditioning();
  }

  /**
   * Writes all that is needed to go on with the same numbers, replacing an earlier checkpoint as a
   * whole.
   *
   * @throws IOException that names the file, if it cannot be written or the thread is interrupted
   */
  public void save(Path folder) throws IOException {
    Objects.requireNonNull(folder, "folder");
    try (Lifetime.Hold mine = lifetime.claim()) {
      learner.parameters(); // an adapter is the caller's, who may have closed it
      course.save(folder);
    }
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
    Objects.requireNonNull(folder, "folder");
    try (Lifetime.Hold mine = lifetime.claim()) {
      learner.parameters();
      course.resume(folder);
    }
  }

  /** Frees everything but the adapter; the models stay open. */
  @Override
  public void close() {
    lifetime.close(
        () -> {
          course.close();
          learner.close();
          lessons.forEach(Lesson::close);
        });
  }
}
