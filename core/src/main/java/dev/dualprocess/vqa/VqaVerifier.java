package dev.dualprocess.vqa;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.config.Warnings;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.recompute.Tape;
import dev.dualprocess.spi.Require;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.GraphedPasses;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.NotFiniteException;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.FaultyPart;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A vision-language model as a verifier. Questions about one image share the vision tower's pass;
 * logits are computed at the answers' positions only; no gradient is computed for a weight.
 */
public final class VqaVerifier implements Verifier {
  private static final Logger LOG = LoggerFactory.getLogger(VqaVerifier.class);

  private final VisionLanguageModel model;
  private final Lifetime lifetime;
  private final Warnings warnings = new Warnings(LOG);
  private final RecentCache<Asked, Target> targets = new RecentCache<>(Target::close);
  private final GraphedPasses passes;

  /** What the tokens of a question and its answer depend on: the words, and the image's shape. */
  private record Asked(Question question, ImageLayout image) {}

  /** Takes ownership of {@code model}. */
  public VqaVerifier(VisionLanguageModel model) {
    this.model = Objects.requireNonNull(model, "model");
    this.lifetime = new Lifetime("verifier '" + model.name() + "'");
    this.passes = GraphedPasses.on(model.placement());
  }

  @Override
  public String name() {
    return model.name();
  }

  /** The vision-language model that is asked; closed with this. */
  public VisionLanguageModel model() {
    return model;
  }

  @Override
  public List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings) {
    Require.asked(image, questions, settings);
    return assess(
        () -> {
          Tensor here = model.placement().placeFloat32(image);
          return new Sight(here, model.see(here, settings.resizing()));
        },
        questions,
        settings);
  }

  /**
   * Answers every question about a picture from a file, processed as the model's own processor
   * does.
   */
  public List<Assessment> assess(
      BufferedImage image, List<Question> questions, VqaSettings settings) {
    return assess(image, Look.WHOLE, questions, settings);
  }

  /** The same of a picture that is looked at in that way. */
  public List<Assessment> assess(
      BufferedImage image, Look look, List<Question> questions, VqaSettings settings) {
    Objects.requireNonNull(image, "image");
    return assess(() -> new Sight(null, model.see(image, look)), questions, settings);
  }

  /**
   * An image with what the vision tower made of it.
   *
   * @param image null where it is a picture of 8 bits
   */
  private record Sight(@Nullable Tensor image, SeenImage seen) {}

  private List<Assessment> assess(
      Supplier<Sight> sight, List<Question> questions, VqaSettings settings) {
    return lifetime.inTurn(
        () -> {
          List<Assessment> assessments = new ArrayList<>();
          Memory.withoutGrad(
              () -> {
                Sight had = sight.get();
                questions.forEach(q -> assessments.add(assessed(ask(q, had.seen(), settings))));
                requireFinite(assessments, had);
              });
          return assessments;
        });
  }

  @Override
  public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
    Require.asked(image, questions, settings);
    return lifetime.inTurn(
        () -> {
          List<Assessment> assessments = new ArrayList<>();
          Tensor gradient =
              Memory.scoped(
                  () -> {
                    Tensor here = model.placement().placeFloat32(image).detach();
                    Judged judged = judge(here, questions, settings);
                    assessments.addAll(judged.assessments());
                    return judged.gradient();
                  });
          return new Critique(assessments, gradient);
        });
  }

  private Assessment assessed(Answered said) {
    return Assessment.ofLoss(said.loss().item_double(), words(said.likeliest()));
  }

  private record Judged(List<Assessment> assessments, Tensor gradient) {}

  private Judged judge(Tensor image, List<Question> questions, VqaSettings settings) {
    Object key = List.of(Pixels.sizeOf(image), questions, settings);
    Tensor[] y = passes.run(key, () -> new Judging(questions, settings), image);
    float[] losses = Ops.toFloats(y[Judging.LOSSES]);
    if (!Finite.all(losses)) {
      throw fault(new Sight(image, model.see(image, settings.resizing())));
    }
    List<Assessment> assessments =
        IntStream.range(0, losses.length)
            .mapToObj(i -> Assessment.ofLoss(losses[i], words(y[Judging.WORDS + i])))
            .toList();
    return new Judged(assessments, y[Judging.GRADIENT]);
  }

  /** From an image to the losses of its questions, and back to the image. */
  private final class Judging implements GraphedPasses.Pass {
    private static final int LOSSES = 0; // [questions]
    private static final int GRADIENT = 1; // of the mean loss in the image
    private static final int WORDS = 2; // the likeliest tokens of each question

    private final List<Question> questions;
    private final VqaSettings settings;
    private final TensorOwner owner = new TensorOwner();

    Judging(List<Question> questions, VqaSettings settings) {
      this.questions = questions;
      this.settings = settings;
    }

    @Override
    public Tensor[] forward(Tensor... image) {
      try (PointerScope scope = new PointerScope()) {
        return Arrays.stream(judged(Ops.leaf(image[0]))).map(owner::own).toArray(Tensor[]::new);
      }
    }

    private Tensor[] judged(Tensor leaf) {
      // What the memory of a pass depends on.
      Object shape = List.of(Pixels.sizeOf(leaf), questions);
      try (Tape tape = model.recomputation().tape(shape, false)) {
        List<Answered> answers =
            tape.record(
                () -> {
                  SeenImage seen = model.see(leaf, settings.resizing());
                  return questions.stream().map(q -> ask(q, seen, settings)).toList();
                });
        Tensor[] each = answers.stream().map(Answered::loss).toArray(Tensor[]::new);
        Tensor losses = Memory.withGrad(() -> torch.stack(new TensorVector(each)));
        tape.backward(Memory.withGrad(losses::mean), null);
        return Stream.concat(
                Stream.of(losses.detach(), leaf.grad()), answers.stream().map(Answered::likeliest))
            .toArray(Tensor[]::new);
      }
    }

    @Override
    public void close() {
      owner.close();
    }
  }

  private String words(Tensor likeliest) {
    return model.decode(Ops.toLongs(likeliest));
  }

  private void requireFinite(List<Assessment> assessments, Sight had) {
    if (assessments.stream().anyMatch(said -> !Double.isFinite(said.loss()))) {
      throw fault(had);
    }
  }

  /** Which half of the model a loss that is not finite comes from, or that the image has it. */
  private NotFiniteException fault(Sight had) {
    String judged = "what verifier '" + name() + "' says";
    if (had.image() != null && !Finite.all(had.image())) {
      return new NotFiniteException(judged + " is not finite: so is the image that it was shown");
    }
    boolean sees = had.seen().isFinite();
    return FaultyPart.of(
            sees ? "its language model" : "its vision tower",
            model.path(),
            model.placement().dtype())
        .exception(judged);
  }

  /** What the model says of a picture when it may answer freely. */
  public String answer(BufferedImage image, String question, int maxNewTokens) {
    return answer(Optional.of(image), question, Decoding.greedy(maxNewTokens)).text();
  }

  /** The same of a picture that is looked at in that way. */
  public String answer(BufferedImage image, Look look, String question, int maxNewTokens) {
    Objects.requireNonNull(image, "image");
    return answer(() -> model.see(image, look), question, Decoding.greedy(maxNewTokens)).text();
  }

  /** What the model says of a picture, or to a text alone. */
  public Answer answer(Optional<BufferedImage> image, String question, Decoding decoding) {
    return answer(() -> image.map(model::see).orElseGet(model::seeNothing), question, decoding);
  }

  private Answer answer(Supplier<SeenImage> sight, String question, Decoding decoding) {
    Objects.requireNonNull(question, "question");
    return lifetime.inTurn(
        () ->
            Memory.freeing(
                () -> Memory.withoutRecording(() -> answered(sight.get(), question, decoding))));
  }

  private Answer answered(SeenImage seen, String question, Decoding decoding) {
    long[] prompt = model.promptIds(question, seen);
    try {
      long[] ids = model.generate(prompt, seen, decoding);
      return new Answer(model.decode(ids).strip(), prompt.length, ids.length);
    } catch (NotFiniteException e) {
      throw fault(new Sight(null, seen));
    }
  }

  /**
   * An answer in the model's own words, with what it took in tokens.
   *
   * @param text what was said
   * @param promptTokens how many tokens were read
   * @param newTokens how many were added
   */
  public record Answer(String text, int promptTokens, int newTokens) {}

  private Answered ask(Question question, SeenImage image, VqaSettings settings) {
    Target target = target(question, image);
    AnswerPrompt prompt = target.prompt();
    Tensor logits = model.logits(prompt.inputIds().toArray(), prompt.logitPositions(), image);
    return new Answered(AnswerLoss.of(logits, target.ids(), settings.reduction()), logits);
  }

  private Target target(Question question, SeenImage image) {
    return targets.get(
        new Asked(question, image.layout()),
        () -> {
          if (question.answersInOtherLetters()) {
            warnings.once(
                "the answer '%s' is taken letter for letter; models that are asked for Yes or No say them with a capital"
                    .formatted(question.answer()));
          }
          AnswerPrompt prompt = model.answerPrompt(question.text(), question.answer(), image);
          long[] ids = prompt.answerIds();
          return new Target(
              prompt, Memory.kept(() -> model.placement().place(Ops.longs(ids, ids.length))));
        });
  }

  /** A question with its answer as tokens, and the answer's on the model's device; owns those. */
  private record Target(AnswerPrompt prompt, Tensor ids) {
    void close() {
      ids.close();
    }
  }

  /** One question's scalar loss, and the logits it came from, [T, vocabulary]. */
  private record Answered(Tensor loss, Tensor logits) {
    /** The likeliest token at each position of the answer, int64 [T]. */
    Tensor likeliest() {
      return logits.argmax(new LongOptional(-1), false);
    }
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          passes.close();
          targets.close();
          model.close();
        });
  }
}
