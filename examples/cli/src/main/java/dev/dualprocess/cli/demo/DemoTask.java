package dev.dualprocess.cli.demo;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Sampling;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.tiny.BundledModels;
import dev.dualprocess.world.ContentQuestion;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A control that the demo teaches, and how pictures are measured for it. */
public interface DemoTask {
  /** How many unseen seeds are drawn before and after a plan. */
  int EVALUATION_SEEDS = 8;

  /** Steps between checkpoints of a plan. */
  int CHECKPOINT_EVERY = 100;

  /** Its name, by which {@code --task} asks for it. */
  String name();

  /** What people call it. */
  String title();

  /** What it teaches, in one sentence. */
  String says();

  /**
   * All that the bundled models know, each with the value that is taught where nobody gives
   * another.
   */
  static List<DemoTask> all() {
    return List.of(
        new HorizonTask(HorizonTask.POSITION),
        new PaletteTask(PaletteTask.COLORS),
        new LineWeightTask(LineWeightTask.PIXELS),
        new NightTask(),
        DepthTask.DEFAULT,
        new CompositionTask(CompositionTask.BOX));
  }

  /** What the demo teaches, as the plan of a run of the bundled models. */
  default RunPlan plan(Sampling sampling, long seed) {
    return new RunPlan(
        BundledModels.NAME,
        List.of(BundledModels.NAME),
        lessons(defaultPrompt(), "Yes"),
        DemoSettings.of(this).distillation(sampling, seed),
        EVALUATION_SEEDS,
        CHECKPOINT_EVERY);
  }

  /** The text it is taught on, where nobody gives another. */
  String defaultPrompt();

  /**
   * Texts that it is taught on in turn with its own, so that it carries over to others; none where
   * one text is enough.
   */
  default List<String> alsoTaughtOn() {
    return List.of();
  }

  /** Texts it is measured on without having been taught on them. */
  List<String> unseenPrompts();

  /** What the verifier is asked. */
  String question();

  /** What is laid over the image. */
  Optional<VisualPrompt> visualPrompt();

  /** What is wanted, for {@code results.json}: a number, or a text. */
  Object target();

  /** How far pictures are from it. */
  PixelError error();

  /** How far pictures are from it by a second, independent measurement, where there is one. */
  default Optional<PixelError> secondError() {
    return Optional.empty();
  }

  /** What else is looked at: what should stay as it is. */
  List<Observation> observations();

  /** The options of {@code dualprocess distill} that ask for the same. */
  List<String> options();

  /**
   * What is asked beside the control so that pictures of a text keep what they show: by default
   * about its ground and sky; nothing where colours are the control.
   */
  default Optional<String> contentQuestion(String text) {
    return ContentQuestion.about(text);
  }

  /** A text whose images should pass this task's check. */
  default Prompt prompt(String text, String answer) {
    return Prompt.of(text).check(check(question(), answer));
  }

  /**
   * The prompt of that text as it is taught: what the text says is asked beside the control, so
   * that the pictures keep it.
   */
  default Prompt lesson(String text, String answer) {
    Prompt control = prompt(text, answer);
    return contentQuestion(text)
        .map(question -> control.check(check(question, "Yes")))
        .orElse(control);
  }

  /** What is trained in turn: the lesson of that text, then those of the others. */
  default List<Prompt> lessons(String text, String answer) {
    return Stream.concat(Stream.of(text), alsoTaughtOn().stream())
        .distinct()
        .map(each -> lesson(each, answer))
        .toList();
  }

  /** A question about the drawing. */
  default Check check(String asked, String answer) {
    return new Check(new Question(asked, answer).withYesNoPostfix(), visualPrompt());
  }

  /**
   * How far a picture is from what is wanted, by its pixels alone.
   *
   * @param unit of the distance
   * @param meter 0 is what is wanted
   */
  record PixelError(String unit, Meter meter) {
    /** Measures one picture by its pixels. */
    @FunctionalInterface
    public interface Meter {
      /** Distance from what is wanted, 0 or more. */
      double of(BufferedImage picture);
    }
  }
}
