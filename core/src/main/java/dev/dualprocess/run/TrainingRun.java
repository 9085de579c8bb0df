package dev.dualprocess.run;

import dev.dualprocess.Check;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.distill.DistillationException;
import dev.dualprocess.distill.DivergedException;
import dev.dualprocess.distill.Evaluation;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.distill.Examiner;
import dev.dualprocess.distill.Optimised;
import dev.dualprocess.distill.StepListener;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.models.EncodedPrompt;
import dev.dualprocess.parallel.Ranks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.OutOfMemoryException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;

/**
 * One run from a prompt to a folder of results: evaluate, distil with checkpoints, save, evaluate
 * again. {@link #requestStop} finishes the step and goes on with saving and evaluating.
 */
public final class TrainingRun implements AutoCloseable {
  /** The first of the seeds that evaluation draws; training noise never comes from these. */
  public static final long FIRST_UNSEEN_SEED = 10_000;

  private final Generator generator;
  private final Verifier verifier;
  private final Prompt prompt;
  private final List<String> alsoTaughtOn;
  private final DistillSettings settings;
  private final RunFolder folder;
  private final RunListener watcher;
  private final int checkpointEvery;
  private final Distillation distillation;
  private RunListener.Progress progress = RunListener.Progress.UNSEEN;
  private StepListener listener = report -> {};
  private List<Check> ratedBy;
  private volatile boolean interrupted;
  private double seconds;

  /**
   * Prepares a run; models and folder stay the caller's, the encoded texts become the run's.
   *
   * @param taught the prompt, by which the run is named and rated, and others that are trained in
   *     turn with it
   */
  public TrainingRun(
      Generator generator,
      Verifier verifier,
      List<EncodedPrompt> taught,
      DistillSettings settings,
      RunFolder folder,
      RunListener watcher,
      int checkpointEvery) {
    this(generator, verifier, taught, settings, folder, watcher, checkpointEvery, Ranks.ALONE);
  }

  /** Prepares a run whose steps are taken by several ranks, of which this is the first. */
  public TrainingRun(
      Generator generator,
      Verifier verifier,
      List<EncodedPrompt> taught,
      DistillSettings settings,
      RunFolder folder,
      RunListener watcher,
      int checkpointEvery,
      Ranks ranks) {
    this.generator = Objects.requireNonNull(generator, "generator");
    this.verifier = Objects.requireNonNull(verifier, "verifier");
    this.prompt = Objects.requireNonNull(taught, "taught").get(0).prompt();
    this.alsoTaughtOn = taught.stream().skip(1).map(other -> other.prompt().text()).toList();
    this.settings = Objects.requireNonNull(settings, "settings");
    this.folder = Objects.requireNonNull(folder, "folder");
    this.watcher = Objects.requireNonNull(watcher, "watcher");
    this.checkpointEvery = checkpointEvery;
    this.ratedBy = prompt.checks();
    this.distillation =
        EncodedPrompt.distillation(generator, verifier, taught)
            .settings(settings)
            .ranks(Objects.requireNonNull(ranks, "ranks"))
            .listener(new Bookkeeping())
            .start();
  }

  /** Shows progress and writes a checkpoint every so often. */
  private final class Bookkeeping implements StepListener {
    @Override
    public void onStep(StepReport report) {
      progress.step(report);
      listener.onStep(report);
      if (report.step() % checkpointEvery == 0) {
        saveCheckpoint();
      }
    }
  }

  private void saveCheckpoint() {
    try {
      distillation.save(folder.checkpoint());
      folder.writeLosses(distillation.reports());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Tells someone else of every step too. The adapter is not attached then; {@link #attach} it to
   * see what was learnt so far.
   */
  public void listen(StepListener newListener) {
    listener = Objects.requireNonNull(newListener, "listener");
  }

  /** Lets pictures be rated by these checks, not by all that are trained on. */
  public void rateBy(List<Check> checks) {
    ratedBy = List.copyOf(checks);
  }

  /** Goes on from the folder's checkpoint, if there is one. */
  public void resume() throws IOException {
    if (folder.hasCheckpoint()) {
      distillation.resume(folder.checkpoint());
      watcher.say("Going on after step %d.", distillation.reports().size());
    } else {
      watcher.say("No checkpoint in %s: starting anew.", folder.path());
    }
  }

  /** Lets {@link #distil} finish its step and go on with saving. Any thread may call this. */
  public void requestStop() {
    interrupted = true;
    distillation.requestStop();
  }

  /**
   * Runs to the end, to {@link #requestStop} or until the thread is interrupted, then saves
   * checkpoint, losses, and the adapter or the latents.
   *
   * @throws DivergedException if loss or gradient was no number any more; what was last found good
   *     is saved
   * @throws OutOfMemoryException if memory ran out; what was learnt before is saved
   */
  public void distil() throws IOException {
    long start = System.nanoTime();
    progress =
        watcher.progress(
            ofLatents() ? "Optimising" : "Distilling",
            settings.steps(),
            distillation.reports().size(),
            this::requestStop);
    Distillation.Ending ending;
    try (RunListener.Progress shown = progress) {
      ending = distillation.run();
    } catch (DivergedException e) {
      saveKept(e);
      throw e;
    } catch (OutOfMemoryException e) {
      throw kept(e);
    } finally {
      seconds = (System.nanoTime() - start) * 1e-9;
    }
    if (ending == Distillation.Ending.INTERRUPTED) {
      interrupted = true;
      watcher.say(
          "Interrupted after step %d: saving what was learnt.", distillation.reports().size());
    }
    // Nothing can be written by a thread that is interrupted.
    boolean restore = Thread.interrupted();
    try {
      save();
    } finally {
      if (restore) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Goes back to what was learnt when that was last found good, and saves it; as {@link
   * Distillation#diverged}.
   */
  public DistillationException diverged(String reason) throws IOException {
    DistillationException told = distillation.diverged(reason);
    if (told instanceof DivergedException diverged) {
      saveKept(diverged);
    }
    return told;
  }

  private void saveKept(DivergedException diverged) throws IOException {
    if (diverged.kept() > 0) {
      save();
    }
  }

  /** Saves what was learnt before memory ran out; that is as the last whole step left it. */
  private OutOfMemoryException kept(OutOfMemoryException shortage) throws IOException {
    int steps = distillation.reports().size();
    if (steps == 0) {
      return shortage;
    }
    save();
    return shortage.with(
        "what was learnt in %d steps is in %s, and --resume goes on from it"
            .formatted(steps, folder.path()));
  }

  /**
   * Saves checkpoint, losses, and the adapter or the latents as they stand; on the thread of the
   * run, which {@link #listen} has too.
   */
  public void save() throws IOException {
    saveCheckpoint();
    if (ofLatents()) {
      writeLatents();
    } else {
      folder.writeLora(distillation.lora());
    }
  }

  private boolean ofLatents() {
    return settings.optimised() == Optimised.LATENTS;
  }

  private void writeLatents() throws IOException {
    try (PointerScope scope = new PointerScope()) {
      folder.writeLatents(distillation.latents());
    }
  }

  /** Whether a stop was requested, or the thread was interrupted in {@link #distil}. */
  public boolean interrupted() {
    return interrupted;
  }

  /** Whether the run had learnt enough before its last step. */
  public boolean stoppedEarly() {
    return distillation.stoppedEarly();
  }

  /** Seconds that {@link #distil} took. */
  public double seconds() {
    return seconds;
  }

  /** The texts that are trained in turn with the prompt. */
  public List<String> alsoTaughtOn() {
    return alsoTaughtOn;
  }

  /** How many steps go once round the noise seeds. */
  public int stepsOfARound() {
    return (settings.seeds() + settings.accumulate() - 1) / settings.accumulate();
  }

  /** Every step so far. */
  public List<StepReport> reports() {
    return distillation.reports();
  }

  /** The trained prompt's image of one seed with the generator as it stands. */
  public Rated rate(long seed) {
    try (Examiner examiner = examiner()) {
      return evaluation(examiner, distillation.conditioning()).rate(seed);
    }
  }

  /**
   * The image of the optimised latents as they stand, and what the verifier says to it.
   *
   * @throws IllegalStateException if weights are optimised
   */
  public Rated rateLatents() {
    return Memory.freeing(
        () ->
            evaluation(distillation.examiner(), distillation.conditioning())
                .rate(settings.seed(), distillation.latents()));
  }

  /**
   * Length of the optimised latents over that of noise; see {@link Noise#relativeLength}.
   *
   * @throws IllegalStateException if weights are optimised
   */
  public double relativeLength() {
    return Memory.freeing(() -> Noise.relativeLength(distillation.latents()));
  }

  /**
   * The trained prompt's unseen seeds with the generator as it stands. Whoever watches may end it
   * early: it then draws no more than it has, at least one.
   */
  public List<Rated> evaluate(int seeds) {
    try (Examiner examiner = examiner()) {
      return evaluate(examiner, distillation.conditioning(), seeds);
    }
  }

  /** {@link #evaluate(int)} of another text under the same checks. */
  public List<Rated> evaluate(String text, int seeds) {
    try (Conditioning conditioning = generator.condition(text);
        Examiner examiner = examiner()) {
      return evaluate(examiner, conditioning, seeds);
    }
  }

  /** The trained prompt's first unseen seeds with the generator as it stands, without a bar. */
  public List<Rated> look(int seeds) {
    try (Examiner examiner = examiner()) {
      Evaluation evaluation = evaluation(examiner, distillation.conditioning());
      return LongStream.range(0, seeds)
          .mapToObj(i -> evaluation.rate(FIRST_UNSEEN_SEED + i))
          .toList();
    }
  }

  /**
   * The trained prompt's picture of one seed with the generator as it stands, which nobody rates.
   */
  public BufferedImage draw(long seed) {
    return generator.generate(distillation.conditioning(), settings.sampling(), seed);
  }

  private Examiner examiner() {
    Prompt rated = Prompt.of(prompt.text());
    for (Check check : ratedBy) {
      rated = rated.check(check);
    }
    return new Examiner(
        verifier,
        rated,
        settings.sampling().size(),
        settings.presentation(),
        settings.vqa(),
        generator.loraTargets().placement());
  }

  private Evaluation evaluation(Examiner examiner, Conditioning conditioning) {
    return new Evaluation(generator, examiner, conditioning, settings.sampling());
  }

  private List<Rated> evaluate(Examiner examiner, Conditioning conditioning, int seeds) {
    Evaluation evaluation = evaluation(examiner, conditioning);
    List<Rated> rated = new ArrayList<>();
    // Stopped before anything was learnt: nobody waits for more than is needed to compare.
    AtomicBoolean enough = new AtomicBoolean(interrupted && distillation.reports().isEmpty());
    Runnable stop =
        () -> {
          enough.set(true);
          requestStop();
        };
    try (RunListener.Progress bar = watcher.progress("Evaluating", seeds, 0, stop)) {
      for (int i = 0; i < seeds && (i == 0 || !enough.get()); i++) {
        rated.add(evaluation.rate(FIRST_UNSEEN_SEED + i));
        bar.piece();
      }
    }
    return rated;
  }

  /** Writes every image of a comparison, with the parameters it was made with inside. */
  public void writeImages(Comparison comparison) throws IOException {
    writeImages(comparison, Map.of());
  }

  /** {@link #writeImages(Comparison)} with more to say of them inside. */
  void writeImages(Comparison comparison, Map<String, ?> more) throws IOException {
    Map<String, Object> sampling = SamplingParameters.of(generator, settings.sampling());
    sampling.putAll(more);
    for (Comparison.NamedImage image : comparison.images(sampling)) {
      folder.writeImage(image.name(), image.image(), image.parameters());
    }
  }

  /** Writes the picture of a seed that nobody rated, with or without what was learnt. */
  void writeUnrated(long seed, boolean learnt, BufferedImage picture) throws IOException {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("prompt", prompt.text());
    parameters.put("seed", seed);
    parameters.putAll(SamplingParameters.of(generator, settings.sampling()));
    parameters.put("loras", learnt ? List.of("lora.safetensors:1.0") : List.of());
    String name = Slug.of(prompt.text()) + "-seed-" + seed + (learnt ? "-after" : "-before");
    folder.writeImage(name, picture, parameters);
  }

  /**
   * Attaches what was learnt until the attachment is closed.
   *
   * @throws IllegalStateException if latents are optimised
   */
  public Attachment attach() {
    return generator.loraTargets().attach(distillation.lora(), 1.0);
  }

  @Override
  public void close() {
    distillation.close();
    if (!ofLatents()) {
      distillation.lora().close();
    }
  }
}
