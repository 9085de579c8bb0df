package dev.dualprocess.profile;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A verifier whose critiques are a part of the step. */
record ProfiledVerifier(Verifier verifier, Profiler profiler) implements Verifier {
  @Override
  public String name() {
    return verifier.name();
  }

  @Override
  public List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings) {
    return verifier.assess(image, questions, settings);
  }

  @Override
  public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
    return profiler.part(Part.CRITIQUE, () -> verifier.critique(image, questions, settings));
  }

  @Override
  public void close() {
    verifier.close();
  }
}
