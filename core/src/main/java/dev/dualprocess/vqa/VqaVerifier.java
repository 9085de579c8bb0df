package dev.dualprocess.vqa;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.capture.Captures;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.profile.Part;
import dev.dualprocess.profile.Profile;
import dev.dualprocess.recompute.Tape;
import dev.dualprocess.tensor.Capturing;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.VisionLanguageModel.View;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A vision-language model as a verifier. Questions about one image share the vision tower's pass;
 * logits are computed at the answers' positions only; no gradient is computed for a weight.
 */
public final class VqaVerifier implements Verifier {
  private final VisionLanguageModel model;
  private final Captures captures;
  private final RecentCache<Asked, Target> targets = new RecentCache<>(Target::close);

  /** What an answer's tokens depend on. */
  private record Asked(Question question, int imageTokens) {}

  /** Takes ownership of {@code model}. */
  public VqaVerifier(VisionLanguageModel model) {
    this(model, Captures.on(model.placement()));
  }

  /** As the other, capturing as it is told. Takes ownership of {@code captures} too. */
  public VqaVerifier(VisionLanguageModel model, Captures captures) {
    this.model = model;
    this.captures = captures;
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
              Tensor[] found =
                  captures.run(
                      List.of(Pixels.sizeOf(image), questions, settings),
                      model.placement().placeFloat32(image),
                      x -> judged(x, questions, settings));
              assessments.addAll(assessments(found));
              return found[0];
            });
    return new Critique(assessments, gradient);
  }

  /**
   * The gradient of the mean loss in x, the losses [questions], and the likeliest tokens of each
   * answer.
   */
  private Tensor[] judged(Tensor x, List<Question> questions, VqaSettings settings) {
    Tensor leaf = Ops.leaf(x);
    // What the memory of a pass depends on.
    Object shape = List.of(Pixels.sizeOf(x), questions);
    try (Tape tape = model.recomputation().tape(shape, false)) {
      List<Answered> answers =
          tape.record(
              () -> {
                View view = model.see(leaf, settings.resizing());
                return questions.stream().map(q -> ask(q, view, settings)).toList();
              });
      Tensor[] losses = answers.stream().map(Answered::loss).toArray(Tensor[]::new);
      Tensor all = Memory.withGrad(() -> torch.stack(new TensorVector(losses)));
      Profile.part(
          Part.VERIFY_BACKWARD, () -> tape.backward(Memory.withGrad(() -> all.mean()), null));
      return Stream.concat(
              Stream.of(leaf.grad(), all.detach()), answers.stream().map(Answered::likeliest))
          .toArray(Tensor[]::new);
    }
  }

  private List<Assessment> assessments(Tensor[] found) {
    float[] losses = Ops.toFloats(found[1]);
    return IntStream.range(0, losses.length)
        .mapToObj(i -> Assessment.ofLoss(losses[i], model.decode(Ops.toLongs(found[2 + i]))))
        .toList();
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

  private Answered ask(Question question, View view, VqaSettings settings) {
    Target target = target(question, view);
    AnswerPrompt prompt = target.prompt();
    Tensor logits = model.logits(prompt.inputIds().toArray(), prompt.logitPositions(), view);
    return new Answered(AnswerLoss.of(logits, target.ids(), settings.reduction()), logits);
  }

  private Target target(Question question, View view) {
    Target target =
        targets.get(
            new Asked(question, view.imageTokens()),
            () -> {
              AnswerPrompt prompt = model.answerPrompt(question.text(), question.answer(), view);
              long[] ids = prompt.answerIds();
              return new Target(
                  prompt, Memory.kept(() -> model.placement().place(Ops.longs(ids, ids.length))));
            });
    Capturing.hold(target.ids());
    return target;
  }

  /** A question with its answer as tokens, and the answer's on the model's device; owns those. */
  private record Target(AnswerPrompt prompt, Tensor ids) {
    void close() {
      ids.close();
    }
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

    /** The likeliest token at each position of the answer. */
    Tensor likeliest() {
      return logits.argmax(new LongOptional(-1), false);
    }

    Assessment assess() {
      return Assessment.ofLoss(loss.item_double(), model.decode(Ops.toLongs(likeliest())));
    }
  }

  @Override
  public void close() {
    captures.close();
    targets.close();
    model.close();
  }
}
