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

/** A verifier from a {@link PixelLoss}: it carries images to the Java heap and gradients back. */
public final class PixelVerifier implements Verifier {
  private final String name;
  private final PixelLoss loss;
  private final Lifetime lifetime;

  /** A verifier of that name. */
  public PixelVerifier(String name, PixelLoss loss) {
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
        () -> judge(image, questions, new float[Math.toIntExact(image.numel())]));
  }

  @Override
  public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
    Require.asked(image, questions, settings);
    return lifetime.inTurn(
        () -> {
          float[] mean = new float[Math.toIntExact(image.numel())];
          List<Assessment> assessments = judge(image, questions, mean);
          return new Critique(
              assessments, Memory.noGrad(() -> Ops.toLike(Ops.floats(mean, image.shape()), image)));
        });
  }

  /** Judges every question and adds up the mean of the gradients. */
  private List<Assessment> judge(Tensor image, List<Question> questions, float[] mean) {
    float[] pixels = Ops.toFloats(image);
    List<Assessment> assessments = new ArrayList<>();
    for (Question question : questions) {
      float[] gradient = new float[pixels.length];
      int height = Math.toIntExact(image.size(2));
      int width = Math.toIntExact(image.size(3));
      double value = loss.loss(pixels.clone(), height, width, question, gradient);
      assessments.add(Assessment.ofLoss(value, ""));
      for (int i = 0; i < mean.length; i++) {
        mean[i] += gradient[i] / questions.size();
      }
    }
    return assessments;
  }

  @Override
  public void close() {
    lifetime.close(() -> {}); // nothing native is held
  }
}
