package dev.dualprocess.audit;

import dev.dualprocess.Check;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.audit.Measurement.Kind;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Examiner;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Asks about the images of a LoRA in every way its training did not: other verifiers, other words,
 * disturbed images, no drawing, a wrong one. Verifiers are given one after the other, so that only
 * one needs to be in memory.
 */
public final class Audit {
  private final Prompt prompt;
  private final PresentationSettings presentation;
  private final VqaSettings vqa;
  private final OptionalInt tokenSide;
  private final List<Long> seeds;
  private final List<BufferedImage> before;
  private final List<BufferedImage> after;
  private final List<Measurement> measurements = new ArrayList<>();

  private Audit(
      Prompt prompt,
      DistillSettings settings,
      OptionalInt tokenSide,
      List<Long> seeds,
      List<BufferedImage> before,
      List<BufferedImage> after) {
    this.prompt = prompt;
    this.presentation = settings.presentation();
    this.vqa = settings.vqa();
    this.tokenSide = tokenSide;
    this.seeds = List.copyOf(seeds);
    this.before = List.copyOf(before);
    this.after = List.copyOf(after);
  }

  /**
   * Draws the images of every seed, without and with a LoRA.
   *
   * @param weight factor of the LoRA's effect
   */
  public static Audit draw(
      Generator generator,
      Lora lora,
      double weight,
      Prompt prompt,
      Sampling sampling,
      List<Long> seeds) {
    return draw(generator, lora, weight, prompt, DistillSettings.paper(sampling), seeds);
  }

  /**
   * Draws the images of every seed, without and with a LoRA, and asks as it was taught.
   *
   * @param weight factor of the LoRA's effect
   * @param settings of the LoRA's training, of which sampling, presentation and vqa count
   */
  public static Audit draw(
      Generator generator,
      Lora lora,
      double weight,
      Prompt prompt,
      DistillSettings settings,
      List<Long> seeds) {
    Sampling sampling = settings.sampling();
    try (Conditioning conditioning = generator.condition(prompt.text())) {
      List<BufferedImage> before = draw(generator, conditioning, sampling, seeds);
      try (Attachment learnt = generator.loraTargets().attach(lora, weight)) {
        return new Audit(
            prompt,
            settings,
            generator.tokenSide(),
            seeds,
            before,
            draw(generator, conditioning, sampling, seeds));
      }
    }
  }

  private static List<BufferedImage> draw(
      Generator generator, Conditioning conditioning, Sampling sampling, List<Long> seeds) {
    List<BufferedImage> images = new ArrayList<>();
    for (long seed : seeds) {
      images.add(generator.generate(conditioning, sampling, seed));
    }
    return images;
  }

  /** A question in other words that ask for the same, where nobody gives any. */
  public static List<String> reworded(Question question) {
    return List.of(
        "Look closely at this picture. " + question.text(),
        "This is about the image you see. " + question.text());
  }

  /**
   * Asks the verifier that taught the LoRA.
   *
   * @param paraphrases other words for the first question
   * @param wrongDrawing to be laid over the images in place of the right one, if there is one
   */
  public void teacher(
      Verifier verifier, List<String> paraphrases, Optional<VisualPrompt> wrongDrawing) {
    measure(Kind.TEACHER, verifier.name(), verifier, prompt, SmallDisturbance.NONE);
    for (String words : paraphrases) {
      measure(Kind.PARAPHRASE, words, verifier, paraphrased(words), SmallDisturbance.NONE);
    }
    for (SmallDisturbance disturbance : SmallDisturbance.values()) {
      if (disturbance != SmallDisturbance.NONE) {
        measure(Kind.DISTURBANCE, disturbance.title(), verifier, prompt, disturbance);
      }
    }
    if (prompt.checks().stream().anyMatch(check -> check.visualPrompt().isPresent())) {
      measure(
          Kind.WITHOUT_DRAWING,
          "no drawing",
          verifier,
          redrawn(Optional.empty()),
          SmallDisturbance.NONE);
      wrongDrawing.ifPresent(
          wrong ->
              measure(
                  Kind.WRONG_DRAWING,
                  "a wrong drawing",
                  verifier,
                  redrawn(wrongDrawing),
                  SmallDisturbance.NONE));
    }
  }

  /** Asks a verifier that did not teach it. */
  public void other(Verifier verifier) {
    measure(Kind.OTHER_VERIFIER, verifier.name(), verifier, prompt, SmallDisturbance.NONE);
  }

  private Prompt paraphrased(String words) {
    Check first = prompt.checks().get(0);
    Question question = new Question(words, first.question().answer()).withYesNoPostfix();
    Prompt other =
        Prompt.of(prompt.text()).check(new Check(question, first.visualPrompt(), first.weight()));
    for (Check check : prompt.checks().subList(1, prompt.checks().size())) {
      other = other.check(check);
    }
    return other;
  }

  /** With another drawing wherever there is one. */
  private Prompt redrawn(Optional<VisualPrompt> drawing) {
    Prompt other = Prompt.of(prompt.text());
    for (Check check : prompt.checks()) {
      other =
          other.check(
              check.visualPrompt().isPresent()
                  ? new Check(check.question(), drawing, check.weight())
                  : check);
    }
    return other;
  }

  private void measure(
      Kind kind, String name, Verifier verifier, Prompt asked, SmallDisturbance disturbance) {
    BufferedImage first = before.get(0);
    try (Examiner examiner =
        new Examiner(
            verifier,
            asked,
            new ImageSize(first.getHeight(), first.getWidth()),
            presentation,
            vqa,
            Placement.CPU)) {
      measurements.add(
          Measurement.of(
              kind,
              name,
              probabilities(examiner, before, disturbance),
              probabilities(examiner, after, disturbance)));
    }
  }

  private static double[] probabilities(
      Examiner examiner, List<BufferedImage> images, SmallDisturbance disturbance) {
    return images.stream()
        .mapToDouble(
            image ->
                Memory.freeing(
                    () ->
                        examiner.assess(Pixels.toTensor(disturbance.apply(image))).stream()
                            .mapToDouble(assessment -> assessment.probability())
                            .average()
                            .orElseThrow()))
        .toArray();
  }

  /** Everything that was measured so far, the teacher first. */
  public List<Measurement> measurements() {
    return List.copyOf(measurements);
  }

  /** How the images themselves have changed. */
  public Drift drift() {
    return Drift.of(before, after, tokenSide);
  }

  /** The seeds, in the order of all lists. */
  public List<Long> seeds() {
    return seeds;
  }

  /** The images without the LoRA. */
  public List<BufferedImage> before() {
    return before;
  }

  /** The images with it. */
  public List<BufferedImage> after() {
    return after;
  }

  /** What was asked for. */
  public Prompt prompt() {
    return prompt;
  }

  /**
   * The images with the LoRA that the teacher likes and the others do not, by their place in the
   * lists: adversarial examples of the teacher (arXiv 2506.01955, section 5). None without others.
   *
   * @param liked the least probability of the teacher
   * @param disliked the largest mean probability of the others
   */
  public List<Integer> adversarial(double liked, double disliked) {
    List<Measurement> others =
        measurements.stream().filter(m -> m.kind() == Kind.OTHER_VERIFIER).toList();
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < seeds.size() && !others.isEmpty(); i++) {
      int at = i;
      double theirs = others.stream().mapToDouble(m -> m.after().get(at)).average().orElseThrow();
      if (measurements.get(0).after().get(i) >= liked && theirs <= disliked) {
        found.add(i);
      }
    }
    return found;
  }
}
