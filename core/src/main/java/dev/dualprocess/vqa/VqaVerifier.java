package dev.dualprocess.vqa;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.profile.Part;
import dev.dualprocess.profile.Profile;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.recompute.Tape;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.VisionLanguageModel.View;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * A vision-language model as a verifier. Questions about one image share the vision tower's pass;
 * logits are computed at the answers' positions only; no gradient is computed for a weight.
 */
public final class VqaVerifier implements Verifier {
  private final VisionLanguageModel model;
  private final Recomputation recomputation;

  /** Takes ownership of {@code model}. */
  public VqaVerifier(VisionLanguageModel model, Recomputation recomputation) {
    this.model = model;
    this.recomputation = recomputation;
  }

  @Override
  public String name() {
    return model.name();
  }

  /** The model inside. */
  public VisionLanguageModel model() {
    return model;
  }

  @Override
  public List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings) {
    return Memory.freeing(
        () -> {
          List<Assessment> assessments = new ArrayList<>();
          Memory.withoutGrad(
              () -> {
                View view = model.see(model.placement().placeFloat32(image), settings.resizing());
                questions.forEach(q -> assessments.add(ask(q, view, settings).assess()));
              });
          return assessments;
        });
  }

  /**
   * Answers every question about a picture from a file, processed as the model's own processor
   * does.
   */
  public List<Assessment> assess(
      BufferedImage image, List<Question> questions, VqaSettings settings) {
    List<Assessment> assessments = new ArrayList<>();
    Memory.withoutGrad(
        () -> {
          View view = model.see(image);
          questions.forEach(q -> assessments.add(ask(q, view, settings).assess()));
        });
    return assessments;
  }

  @Override
  public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
    List<Assessment> assessments = new ArrayList<>();
    Tensor gradient =
        Memory.scoped(
            () -> {
              Tensor leaf = Ops.leaf(model.placement().placeFloat32(image));
              try (Tape tape = recomputation.tape(shape(image, questions), false)) {
                List<Answered> answers =
                    tape.record(
                        () -> {
                          View view = model.see(leaf, settings.resizing());
                          return questions.stream().map(q -> ask(q, view, settings)).toList();
                        });
                Tensor loss = Memory.withGrad(() -> meanLoss(answers));
                Profile.part(Part.VERIFY_BACKWARD, () -> tape.backward(loss, null));
                answers.forEach(a -> assessments.add(a.assess()));
              }
              return leaf.grad();
            });
    return new Critique(assessments, gradient);
  }

  /** What the memory of a pass depends on. */
  private static Object shape(Tensor image, List<Question> questions) {
    return List.of(Pixels.sizeOf(image), questions);
  }

  /** What the model says of a picture when it may answer freely. */
  public String answer(BufferedImage image, String question, int maxNewTokens) {
    return answer(Optional.of(image), question, Decoding.greedy(maxNewTokens)).text();
  }

  /** What the model says of a picture, or to a text alone. */
  public Answer answer(Optional<BufferedImage> image, String question, Decoding decoding) {
    List<Answer> told = new ArrayList<>();
    Memory.withoutGrad(
        () -> {
          View view = image.map(model::see).orElseGet(model::seeNothing);
          long[] prompt = model.promptIds(question, view);
          long[] ids = model.generate(prompt, view, decoding);
          told.add(new Answer(model.decode(ids).strip(), prompt.length, ids.length));
        });
    return told.get(0);
  }

  /**
   * A free answer.
   *
   * @param text what was said
   * @param promptTokens how many tokens were read
   * @param newTokens how many were added
   */
  public record Answer(String text, int promptTokens, int newTokens) {}

  private static Tensor meanLoss(List<Answered> answers) {
    Tensor sum = answers.get(0).loss();
    for (Answered answer : answers.subList(1, answers.size())) {
      sum = sum.add(answer.loss());
    }
    return Ops.mul(sum, 1.0 / answers.size());
  }

  private Answered ask(Question question, View view, VqaSettings settings) {
    AnswerPrompt prompt = model.answerPrompt(question.text(), question.answer(), view);
    Tensor logits = model.logits(prompt.inputIds().toArray(), prompt.logitPositions(), view);
    long[] ids = prompt.answerIds();
    return new Answered(
        AnswerLoss.of(logits, Ops.longs(ids, ids.length), settings.reduction()), logits);
  }

  /** One question's scalar loss and the logits it came from. */
  private final class Answered {
    private final Tensor loss;
    private final Tensor logits;

    Answered(Tensor loss, Tensor logits) {
      this.loss = loss;
      this.logits = logits;
    }

    Tensor loss() {
      return loss;
    }

    Assessment assess() {
      long[] best = Ops.toLongs(logits.argmax(new LongOptional(-1), false));
      return Assessment.ofLoss(loss.item_double(), model.decode(best));
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
