package dev.dualprocess.distill;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A verifier without a model. A question is a number c; its loss is the mean of (x - c)² over the
 * image's values, whose gradient is 2 (x - c) / n. The question NaN has the loss NaN.
 */
final class ToyVerifier implements Verifier {
  private final List<List<Question>> calls = new ArrayList<>();

  /** The questions of every call, in order. */
  List<List<Question>> calls() {
    return calls;
  }

  @Override
  public String name() {
    return "toy verifier";
  }

  private static double target(Question question) {
    return Double.parseDouble(question.text());
  }

  private static Assessment assess(float[] image, Question question) {
    double loss = 0;
    for (float x : image) {
      loss += (x - target(question)) * (x - target(question)) / image.length;
    }
    return Assessment.ofLoss(loss, question.answer());
  }

  @Override
  public List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings) {
    calls.add(questions);
    float[] values = Ops.toFloats(image);
    return questions.stream().map(question -> assess(values, question)).toList();
  }

  @Override
  public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
    float[] values = Ops.toFloats(image);
    float[] gradient = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      double sum = 0;
      for (Question question : questions) {
        sum += 2 * (values[i] - target(question)) / values.length;
      }
      gradient[i] = (float) (sum / questions.size());
    }
    return new Critique(assess(image, questions, settings), Ops.floats(gradient, image.shape()));
  }

  @Override
  public void close() {}
}
