package dev.dualprocess.distill;

import dev.dualprocess.Assessment;
import dev.dualprocess.Check;
import dev.dualprocess.Critique;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.augment.Disturbance;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.profile.Part;
import dev.dualprocess.profile.Profiler;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Asks a verifier every check of a prompt: an image is shown to it with each visual prompt in turn,
 * and its answer, the {@linkplain Critique critique}, has the gradient that came back through the
 * visual prompts. Questions that share a visual prompt go to the verifier together. For images of
 * one size; not thread-safe.
 */
public final class Examiner implements AutoCloseable {
  private final Verifier verifier;
  private final VqaSettings vqa;
  private final List<Showing> showings = new ArrayList<>();
  private final int checks;
  private final List<Double> weights;
  private final double totalWeight;
  private final Lifetime lifetime = new Lifetime("this examiner");

  /**
   * One visual prompt and the questions about it that weigh the same, with their places in the
   * prompt's list of checks.
   *
   * @param weight of all of them together, of 1 for all checks
   */
  private record Showing(
      Presentation presentation, List<Question> questions, List<Integer> places, double weight) {}

  private record Kind(Optional<VisualPrompt> visualPrompt, double weight) {}

  /**
   * Draws the visual prompts, for images of that size. The verifier stays the caller's.
   *
   * @param placement where images will be
   * @throws IllegalArgumentException if the prompt has no checks
   */
  public Examiner(
      Verifier verifier,
      Prompt prompt,
      ImageSize size,
      PresentationSettings presentation,
      VqaSettings vqa,
      Placement placement) {
    Objects.requireNonNull(verifier, "verifier");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(presentation, "presentation");
    Objects.requireNonNull(vqa, "vqa");
    Objects.requireNonNull(placement, "placement");
    if (prompt.checks().isEmpty()) {
      throw new IllegalArgumentException("the prompt has no check: nothing to ask the verifier");
    }
    this.verifier = verifier;
    this.vqa = vqa;
    this.checks = prompt.checks().size();
    this.weights = prompt.checks().stream().map(Check::weight).toList();
    this.totalWeight = prompt.checks().stream().mapToDouble(Check::weight).sum();
    Map<Kind, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < checks; i++) {
      Check check = prompt.checks().get(i);
      Kind kind = new Kind(check.visualPrompt(), check.weight());
      groups.computeIfAbsent(kind, g -> new ArrayList<>()).add(i);
    }
    groups.forEach(
        (kind, places) ->
            showings.add(
                new Showing(
                    new Presentation(kind.visualPrompt(), size, presentation, placement),
                    places.stream().map(prompt.checks()::get).map(Check::question).toList(),
                    places,
                    places.size() * kind.weight() / totalWeight)));
  }

  /** How many checks there are. */
  public int checks() {
    return checks;
  }

  /**
   * The image as the verifier is shown it with the first visual prompt, or bare if there is none.
   */
  public Tensor shown(Tensor image) {
    lifetime.requireOpen();
    Showing first =
        showings.stream()
            .filter(showing -> showing.presentation().hasVisualPrompt())
            .findFirst()
            .orElse(showings.get(0));
    return first.presentation().shown(image);
  }

  /** What the verifier says to every check, in their order, without gradient. */
  public List<Assessment> assess(Tensor image) {
    return assess(image, Disturbance.NONE);
  }

  /** What the verifier says where everything it is shown is disturbed, visual prompts included. */
  public List<Assessment> assess(Tensor image, Disturbance disturbance) {
    lifetime.requireOpen();
    return Memory.freeing(
        () -> {
          Assessment[] all = new Assessment[checks];
          for (Showing showing : showings) {
            Tensor shown = showing.presentation().shown(image, disturbance);
            Testimony said = new Testimony(verifier, shown, showing.questions(), "");
            put(
                all,
                showing,
                said.assessments(() -> verifier.assess(shown, showing.questions(), vqa)));
          }
          return List.of(all);
        });
  }

  /**
   * What the verifier says to every check, with ∂L/∂image of their weighted mean loss L in the bare
   * image, in the caller's scope.
   */
  public Critique critique(Tensor image) {
    return critique(image, Disturbance.NONE);
  }

  /** {@link #critique(Tensor)} where everything that is shown is disturbed, with its gradient. */
  public Critique critique(Tensor image, Disturbance disturbance) {
    return critique(image, disturbance, "");
  }

  /**
   * {@link #critique(Tensor, Disturbance)} where a message goes on with {@code when}.
   *
   * @throws DistillationException if loss or gradient is no number
   * @throws IllegalStateException if the verifier failed, or returned what it must not
   */
  Critique critique(Tensor image, Disturbance disturbance, String when) {
    lifetime.requireOpen();
    Assessment[] all = new Assessment[checks];
    Tensor gradient =
        Memory.scoped(
            () -> {
              Tensor sum = null;
              for (Showing showing : showings) {
                Tensor part = critique(showing, image, disturbance, when, all);
                sum = sum == null ? part : sum.add(part);
              }
              return sum;
            });
    return new Critique(List.of(all), gradient, loss(all));
  }

  private Tensor critique(
      Showing showing, Tensor image, Disturbance disturbance, String when, Assessment[] all) {
    try (Presentation.Shown shown = showing.presentation().show(image, disturbance)) {
      Tensor seen = shown.image();
      Critique critique =
          new Testimony(verifier, seen, showing.questions(), when)
              .critique(() -> asked(seen, showing.questions()));
      put(all, showing, critique.assessments());
      return Ops.mul(shown.backward(critique.imageGradient()), showing.weight());
    }
  }

  private Critique asked(Tensor seen, List<Question> questions) {
    return Profiler.part(Part.CRITIQUE, () -> verifier.critique(seen, questions, vqa));
  }

  private double loss(Assessment[] all) {
    double loss = 0;
    for (int i = 0; i < checks; i++) {
      loss += weights.get(i) * all[i].loss();
    }
    return loss / totalWeight;
  }

  private static void put(Assessment[] all, Showing showing, List<Assessment> assessments) {
    for (int i = 0; i < assessments.size(); i++) {
      all[showing.places().get(i)] = assessments.get(i);
    }
  }

  /** Frees the drawings; the verifier stays open. */
  @Override
  public void close() {
    lifetime.close(() -> showings.forEach(showing -> showing.presentation().close()));
  }
}
