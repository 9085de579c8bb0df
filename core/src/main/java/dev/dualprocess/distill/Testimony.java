package dev.dualprocess.distill;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.NotFiniteException;
import dev.dualprocess.tensor.OutOfMemoryException;
import dev.dualprocess.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a verifier says of an image, heard with caution: a verifier may be a plug-in, so whatever it
 * throws or returns that it must not is told with its name.
 *
 * @param verifier who is asked
 * @param image what it is shown
 * @param questions what it is asked
 * @param when how a message goes on: {@code " at step 3"}, or nothing
 */
record Testimony(Verifier verifier, Tensor image, List<Question> questions, String when) {
  private static final double ROUNDING = 1e-4; // of a loss of 0

  /** One assessment for each question. */
  List<Assessment> assessments(Supplier<@Nullable List<Assessment>> asking) {
    List<Assessment> said = heard(asking);
    if (said == null) {
      throw refused(
          "returned no assessments%s: it must return one for each question".formatted(when));
    }
    requireSound(said);
    for (Assessment each : said) {
      if (!Double.isFinite(each.loss()) || Double.isNaN(each.probability())) {
        throw notANumber(each.loss());
      }
    }
    return said;
  }

  /** A critique with a gradient of the image's shape, all finite. */
  Critique critique(Supplier<@Nullable Critique> asking) {
    Critique said = heard(asking);
    if (said == null) {
      throw refused(
          ("returned no critique%s: it must return an assessment for each question and a gradient"
                  + " of the image's shape %s")
              .formatted(when, Arrays.toString(image.shape())));
    }
    requireSound(said.assessments());
    if (!Double.isFinite(said.loss())) {
      throw notANumber(said.loss());
    }
    requireSound(said.imageGradient());
    return said;
  }

  private <T> @Nullable T heard(Supplier<@Nullable T> asking) {
    try {
      return asking.get();
    } catch (IllegalArgumentException | OutOfMemoryException e) {
      throw e;
    } catch (NotFiniteException e) {
      throw Finite.all(image) ? notFinite(e) : notANumber(Double.NaN);
    } catch (RuntimeException e) {
      String told = Torch.message(e);
      boolean named = told.startsWith("verifier '" + verifier.name() + "'");
      throw new IllegalStateException(
          named ? told : "verifier '%s' failed%s: %s".formatted(verifier.name(), when, told), e);
    }
  }

  private void requireSound(List<Assessment> said) {
    if (said.size() != questions.size()) {
      throw refused("answered %d of %d questions%s".formatted(said.size(), questions.size(), when));
    }
    for (int i = 0; i < said.size(); i++) {
      requireSound(said.get(i), questions.get(i).text());
    }
  }

  private void requireSound(@Nullable Assessment said, String question) {
    if (said == null) {
      throw refused(
          "returned no assessment of '%s'%s: it must return one".formatted(question, when));
    }
    if (said.loss() < -ROUNDING || said.probability() > Math.exp(ROUNDING)) {
      throw refused(
          ("returned the loss %s and the probability %s to '%s'%s: a loss is -log p(answer), a"
                  + " number of at least 0")
              .formatted(said.loss(), said.probability(), question, when));
    }
  }

  private void requireSound(Tensor gradient) {
    if (gradient.isNull() || !gradient.defined()) {
      throw refused("returned a gradient%s that is closed or undefined".formatted(when));
    }
    if (!Arrays.equals(gradient.shape(), image.shape())) {
      throw refused(
          "returned a gradient of shape %s for an image of shape %s%s: it must be of the image's"
              .formatted(Arrays.toString(gradient.shape()), Arrays.toString(image.shape()), when));
    }
    if (!Finite.all(gradient)) {
      throw new DistillationException(
          ("the gradient became NaN or infinite%s: verifier '%s' returned it; all of a gradient must"
                  + " be numbers (a model in 16 bits may need fp32)")
              .formatted(when, verifier.name()));
    }
  }

  private DistillationException notANumber(double loss) {
    return new DistillationException(
        Finite.all(image)
            ? ("the loss became %s%s: verifier '%s' returned it of an image of numbers; a loss must"
                    + " be a number of at least 0 (a model in 16 bits may need fp32)")
                .formatted(loss, when, verifier.name())
            : "the image became no numbers and the loss became %s%s".formatted(loss, when));
  }

  private DistillationException notFinite(NotFiniteException e) {
    return new DistillationException("the loss became NaN%s: %s".formatted(when, e.getMessage()));
  }

  private IllegalStateException refused(String told) {
    return new IllegalStateException("verifier '" + verifier.name() + "' " + told);
  }
}
