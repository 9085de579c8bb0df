package dev.dualprocess.spi;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/** A verifier from a {@link TensorLoss}; libtorch finds the gradient. */
public final class TensorVerifier implements Verifier {
  private final String name;
  private final TensorLoss loss;
  private final Lifetime lifetime;

  /** A verifier of that name. */
  public TensorVerifier(String name, TensorLoss loss) {
    this.name = Objects.requireNonNull(name, "name");
    this.loss = Objects.requireNonNull(loss, "loss");
    this.lifetime = new Lifetime("verifier '" + name + "'");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings) {
    Require.asked(image, questions, settings);
    return lifetime.inTurn(
        () -> {
          List<Assessment> assessments = new ArrayList<>();
          Memory.withoutGrad(
              () -> questions.forEach(q -> assessments.add(assessed(loss.loss(image, q)))));
          return assessments;
        });
  }

  private static Assessment assessed(Tensor value) {
    return Assessment.ofLoss(value.item_double(), "");
  }

  @Override
  public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
    Require.asked(image, questions, settings);
    return lifetime.inTurn(() -> judged(image, questions));
  }

  private Critique judged(Tensor image, List<Question> questions) {
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
                        assessments.add(assessed(value));
                      }
                      return leaf.grad();
                    }));
    return new Critique(assessments, gradient);
  }

  @Override
  public void close() {
    lifetime.close(() -> {}); // nothing native is held
  }
}
