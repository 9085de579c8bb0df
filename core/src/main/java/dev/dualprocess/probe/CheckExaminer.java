package dev.dualprocess.probe;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.augment.Disturbance;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Examiner;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.VqaVerifier;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.bytedeco.pytorch.Tensor;

/** One check by itself, so that the gradient is its own. */
final class CheckExaminer implements AutoCloseable {
  private static final double GREY_LEVEL = 2 / 255.0;
  private static final double SHIFTED = 1 / 128.0; // of the sides
  private static final double GRAIN = 2 * GREY_LEVEL;

  /** What nobody would notice: 1/128 of the sides, two grey levels of grain. */
  private static final List<Disturbance> UNNOTICED =
      List.of(
          Disturbance.shift(SHIFTED, SHIFTED),
          Disturbance.shift(-SHIFTED, -SHIFTED),
          Disturbance.noise(GRAIN, 1));

  private static final int LONGEST_ANSWER = 16; // tokens

  private final Verifier verifier;
  private final Question question;
  private final int place;
  private final Examiner examiner;

  CheckExaminer(
      Verifier verifier, Prompt prompt, int place, DistillSettings settings, Placement placement) {
    this.verifier = verifier;
    this.question = prompt.checks().get(place).question();
    this.place = place;
    this.examiner =
        new Examiner(
            verifier,
            new Prompt(prompt.text(), List.of(prompt.checks().get(place))),
            settings.sampling().size(),
            settings.presentation(),
            settings.vqa(),
            placement);
  }

  /** Of a seed's picture [1, 3, H, W]. */
  Sighting look(long seed, Tensor image) {
    return Memory.freeing(
        () -> {
          Critique critique = examiner.critique(image);
          Assessment said = critique.assessments().get(0);
          return new Sighting(
              seed, place, said, slope(critique.imageGradient()), tremor(image, said.loss()));
        });
  }

  /** The question. */
  Question question() {
    return question;
  }

  /** What the verifier answers of a picture [1, 3, H, W] in words of its own, if it can. */
  Optional<String> says(Tensor image) {
    return verifier instanceof VqaVerifier vqa
        ? Optional.of(
            vqa.answer(Pixels.toImage(examiner.shown(image)), question.text(), LONGEST_ANSWER))
        : Optional.empty();
  }

  private static double slope(Tensor gradient) {
    return rootMeanSquare(toDoubles(gradient)) * gradient.numel() * GREY_LEVEL;
  }

  private double tremor(Tensor image, double loss) {
    return rootMeanSquare(
        UNNOTICED.stream()
            .mapToDouble(disturbance -> examiner.assess(image, disturbance).get(0).loss() - loss));
  }

  private static DoubleStream toDoubles(Tensor x) {
    float[] values = Ops.toFloats(x);
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return DoubleStream.of(wide);
  }

  private static double rootMeanSquare(DoubleStream values) {
    return Math.sqrt(values.map(v -> v * v).average().orElseThrow());
  }

  @Override
  public void close() {
    examiner.close();
  }
}
