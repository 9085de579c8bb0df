package dev.dualprocess.probe;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.DistillationException;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.distill.Examiner;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.NotFiniteException;
import dev.dualprocess.tensor.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * What a verifier thinks of a generator's pictures before anything is taught: draws some seeds of a
 * prompt with the generator as it stands, asks every check of each, and judges whether the answers
 * can be taught. It takes a pass with gradient and three without of the verifier for each seed and
 * check, and learns nothing. Not thread-safe; closing frees its drawings, and models and texts stay
 * the caller's.
 */
public final class Probe implements AutoCloseable {
  /** How many seeds a look is worth where nobody says otherwise. */
  public static final int SEEDS = 8;

  private final Generator generator;
  private final Verifier verifier;
  private final Prompt prompt;
  private final Conditioning conditioning;
  private final DistillSettings settings;
  private final Examiner whole;
  private final List<CheckExaminer> checks;

  /**
   * Prepares to ask a prompt's checks as a run with these settings would.
   *
   * @param conditioning the prompt's text as that generator encoded it
   * @param settings of which sampling, presentation and vqa count
   * @throws IllegalArgumentException if the prompt has no checks
   */
  public Probe(
      Generator generator,
      Verifier verifier,
      Prompt prompt,
      Conditioning conditioning,
      DistillSettings settings) {
    this.generator = Objects.requireNonNull(generator, "generator");
    this.verifier = Objects.requireNonNull(verifier, "verifier");
    this.prompt = Objects.requireNonNull(prompt, "prompt");
    this.conditioning = Objects.requireNonNull(conditioning, "conditioning");
    this.settings = Objects.requireNonNull(settings, "settings");
    Placement placement = generator.loraTargets().placement();
    this.whole =
        new Examiner(
            verifier,
            prompt,
            settings.sampling().size(),
            settings.presentation(),
            settings.vqa(),
            placement);
    this.checks =
        IntStream.range(0, prompt.checks().size())
            .mapToObj(i -> new CheckExaminer(verifier, prompt, i, settings, placement))
            .toList();
  }

  /**
   * Looks at these seeds. Numbers that are not finite end it early: the report then has the seeds
   * before, and names the part at fault.
   *
   * @param seeds at least one
   * @param watcher is told how far it is
   * @throws IllegalArgumentException if there is no seed, or the generator cannot draw that size
   * @throws IllegalStateException if the verifier failed, or returned what it must not
   */
  public ProbeReport look(List<Long> seeds, RunListener watcher) {
    return look(seeds, watcher, rated -> {});
  }

  /**
   * {@link #look(List, RunListener)}, seen seed by seed.
   *
   * @param seen is told of each picture as soon as all checks were asked of it
   */
  public ProbeReport look(List<Long> seeds, RunListener watcher, Consumer<Rated> seen) {
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("a probe needs at least one seed");
    }
    Looks looks = new Looks();
    try (RunListener.Progress bar = watcher.progress("Looking", seeds.size(), 0)) {
      for (long seed : seeds) {
        looks.add(seed);
        seen.accept(looks.last());
        bar.piece();
      }
    } catch (NotFiniteException | DistillationException e) {
      return looks.report(Findings.notFinite(String.valueOf(e.getMessage()), looks.judged()));
    }
    return looks.report(Findings.of(looks.judged()));
  }

  /** What was drawn and seen so far. */
  private final class Looks {
    private final List<Rated> drawn = new ArrayList<>();
    private final List<Sighting> sightings = new ArrayList<>();
    private final List<Optional<String>> says = new ArrayList<>(); // check by check

    void add(long seed) {
      Memory.freeing(
          () -> {
            Tensor noise = generator.noise(seed, 1, settings.sampling().size());
            Tensor image = generator.generate(noise, conditioning, settings.sampling());
            List<Sighting> seen = checks.stream().map(check -> check.look(seed, image)).toList();
            if (says.isEmpty()) {
              checks.forEach(check -> says.add(check.says(image)));
            }
            sightings.addAll(seen);
            drawn.add(
                new Rated(
                    seed,
                    Pixels.toImage(image),
                    Pixels.toImage(whole.shown(image)),
                    seen.stream().map(Sighting::said).toList()));
            return seed;
          });
    }

    Rated last() {
      return drawn.get(drawn.size() - 1);
    }

    /** The findings check by check; none before the first seed was seen. */
    List<Finding> judged() {
      List<Finding> findings = new ArrayList<>();
      for (int i = 0; i < checks.size() && !drawn.isEmpty(); i++) {
        int place = i;
        List<Sighting> seen = sightings.stream().filter(s -> s.check() == place).toList();
        findings.add(new Judge(Limits.DEFAULT).judge(checks.get(i).question(), seen, says.get(i)));
      }
      return findings;
    }

    ProbeReport report(Findings findings) {
      return new ProbeReport(verifier.name(), prompt, drawn, sightings, findings);
    }
  }

  @Override
  public void close() {
    checks.forEach(CheckExaminer::close);
    whole.close();
  }
}
