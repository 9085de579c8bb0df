package dev.dualprocess.spi;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A verifier from a {@link TensorLoss}; libtorch finds the gradient. */
public final class TensorVerifier implements Verifier {
  private final String name;
  private final TensorLoss loss;

  /** A verifier of that name. */
  public TensorVerifier(String name, TensorLoss loss) {
    this.name = name;
    this.loss = loss;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings) {
    List<Assessment> assessments = new ArrayList<>();
    Memory.withoutGrad(
        () ->
            questions.forEach(
                q -> assessments.add(Assessment.ofLoss(loss.loss(image, q).item_double(), ""))));
    return assessments;
  }

  @Override
  public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
    List<Assessment> assessments = new ArrayList<>();
    Tensor gradient =
        Memory.scoped(
            () ->
                Memory.withGrad(
                    () -> {
                      Tensor leaf = Ops.leaf(Ops.toFloat(image));
                      for (Question question : questions) {
                        Tensor value = loss.loss(leaf, question);
                        Ops.mul(value, 1.0 / questions.size()).backward();
                        assessments.add(Assessment.ofLoss(value.item_double(), ""));
                      }
                      return leaf.grad();
                    }));
    return new Critique(assessments, gradient);
  }

  @Override
  public void close() {
    // Nothing native is held.
  }
}
