package dev.dualprocess.world.training;

import dev.dualprocess.Question;
import dev.dualprocess.overlay.Annotation;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.world.CompositionQuestion;
import dev.dualprocess.world.ContentQuestion;
import dev.dualprocess.world.Frame;
import dev.dualprocess.world.Ground;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.Style;
import dev.dualprocess.world.TimeOfDay;
import dev.dualprocess.world.meter.ColorFamilies;
import dev.dualprocess.world.meter.PaletteMeter;
import java.awt.Color;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A question about a picture, with the drawing it points to and how sure a "Yes" should be. Answers
 * are graded: the wanted difference of the two answers' logits falls with the distance from what
 * was asked for, so that the gradient shows the way from afar.
 *
 * @param question with its request for Yes or No
 * @param visualPrompt laid over the picture
 * @param logit wanted log p(Yes) - log p(No)
 * @param line the row of the horizon's line, where there is one
 * @param points the points whose depths are compared, where there are any
 * @param box the box that says where something should be, where there is one
 */
record Exam(
    String question,
    Optional<VisualPrompt> visualPrompt,
    double logit,
    OptionalDouble line,
    Optional<Points> points,
    Optional<Frame> box) {
  private static final double SURE = 3.5;
  private static final double UNSURE_PER_COLOR = 12; // black to white is √3
  private static final double NATURAL_SPREAD = 0.1; // of the colours of one ground at one time

  private static final double SURE_ROWS = 2.5; // between two things' feet
  private static final double FARTHEST = 30; // pixels from a box, or nowhere

  private static final String NIGHT = "Is it night?";
  private static final String CARTOON = "Is this a cartoon?";

  private Exam(String question, Optional<VisualPrompt> visualPrompt, double logit) {
    this(question, visualPrompt, logit, OptionalDouble.empty(), Optional.empty(), Optional.empty());
  }

  /** The subjects of exams; each has an accuracy of its own. */
  enum Topic {
    HORIZON,
    OUTLINE,
    PALETTE,
    NIGHT,
    CONTENT,
    KIND,
    DEPTH,
    COMPOSITION
  }

  /** The tokenizer's questions: those that the first stages ask. */
  static Set<String> questions() {
    Set<String> questions = new LinkedHashSet<>();
    for (VisualPrompt prompt :
        List.of(
            VisualPrompt.horizon(0.5),
            VisualPrompt.lineWeight(1),
            VisualPrompt.palette("#000000"))) {
      questions.add(asked(prompt));
    }
    questions.add(yesNo(NIGHT));
    questions.add(yesNo(CARTOON));
    for (Ground ground : Ground.values()) {
      questions.add(yesNo(isThis(ground)));
      for (TimeOfDay time : TimeOfDay.values()) {
        questions.add(yesNo(ContentQuestion.of(ground, time)));
      }
    }
    return questions;
  }

  private static String asked(VisualPrompt prompt) {
    return yesNo(prompt.defaultQuestion().orElseThrow());
  }

  private static String yesNo(String question) {
    return new Question(question, "Yes").withYesNoPostfix().text();
  }

  /** Whether the horizon is at one row. */
  static Exam horizonAt(Subject subject, double row) {
    double d = Math.abs(subject.horizon() - row);
    double logit = SURE - 0.9 * Math.min(d, 5) - 0.3 * Math.max(d - 5, 0) - 4 * subject.doubt();
    VisualPrompt line = VisualPrompt.horizon(row / Scene.SIDE);
    return new Exam(
        asked(line),
        Optional.of(line),
        logit,
        OptionalDouble.of(row),
        Optional.empty(),
        Optional.empty());
  }

  /** Whether lines are that thick. */
  static Exam outlineOf(Subject subject, int pixels) {
    double d = Math.abs(subject.outline() - pixels);
    VisualPrompt line = VisualPrompt.lineWeight(pixels);
    return new Exam(
        asked(line), Optional.of(line), 3.2 - 2.4 * Math.min(d, 2.5) - 0.4 * Math.max(0, d - 2.5));
  }

  /** Whether a picture uses those colours. */
  static Exam paletteOf(Subject subject, List<Color> colors) {
    double distance = new PaletteMeter(colors).distance(subject.picture());
    VisualPrompt palette =
        VisualPrompt.palette(
            colors.stream()
                .map(c -> String.format(Locale.ROOT, "#%06x", c.getRGB() & 0xffffff))
                .collect(Collectors.joining(",")));
    return new Exam(
        asked(palette),
        Optional.of(palette),
        Math.max(-6, 3.8 - 11 * Math.min(distance, 0.7) - 3 * Math.max(0, distance - 0.7)));
  }

  /** Whether it is night: the sky's brightness tells, from 0 to 1. */
  static Exam night(Subject subject) {
    double light = skyLight(subject);
    return new Exam(
        yesNo(NIGHT),
        Optional.empty(),
        3.5 * Math.tanh((0.28 - light) / 0.12) - 2.5 * (light - 0.28));
  }

  private static double skyLight(Subject subject) {
    int rows = (int) Math.max(4, Math.min(Scene.SIDE, Math.floor(subject.horizon()) - 1));
    double sum = 0;
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < Scene.SIDE; x++) {
        Color c = new Color(subject.picture().getRGB(x, y));
        sum += 0.3 * c.getRed() + 0.59 * c.getGreen() + 0.11 * c.getBlue();
      }
    }
    return sum / (255.0 * rows * Scene.SIDE);
  }

  /**
   * Whether the colours of ground and sky are those of a ground at a time of day.
   *
   * @param seen the colours of the subject's picture
   * @param other what another question has laid over the picture, if it is asked beside one
   */
  static Exam content(
      Subject subject,
      ColorFamilies seen,
      Ground ground,
      TimeOfDay time,
      Optional<VisualPrompt> other) {
    double away =
        Math.max(0, seen.groundDistance(ground, time) - NATURAL_SPREAD)
            + Math.max(0, seen.skyDistance(time) - NATURAL_SPREAD);
    double logit =
        SURE
            - UNSURE_PER_COLOR * Math.min(away, 0.5)
            - 2 * Math.max(0, away - 0.5)
            - 3 * subject.doubt();
    return new Exam(yesNo(ContentQuestion.of(ground, time)), other, logit);
  }

  /** Whether point A is nearer than point B. */
  static Exam depth(Subject subject, Points points) {
    double lead = subject.lead(points);
    double logit = SURE * Math.tanh(lead / SURE_ROWS) + 0.1 * cut(lead, 10) - 4 * subject.doubt();
    VisualPrompt marks =
        VisualPrompt.depth(
            points.ax() / Scene.SIDE,
            points.ay() / Scene.SIDE,
            points.bx() / Scene.SIDE,
            points.by() / Scene.SIDE);
    return new Exam(
        asked(marks),
        Optional.of(marks),
        logit,
        OptionalDouble.empty(),
        Optional.of(points),
        Optional.empty());
  }

  private static double cut(double value, double most) {
    return Math.max(-most, Math.min(most, value));
  }

  /** Whether the sun stands in a box: by the distance of the middles and how pale it is. */
  static Exam composition(Subject subject, Frame box) {
    double away = Math.min(FARTHEST, subject.sun().map(box::distance).orElse(FARTHEST));
    double near = inBox(FARTHEST) + (1 - subject.paleness()) * (inBox(away) - inBox(FARTHEST));
    double logit = near - 4 * subject.doubt();
    Annotation frame =
        new Annotation.Box(
            box.x() / Scene.SIDE,
            box.y() / Scene.SIDE,
            box.width() / Scene.SIDE,
            box.height() / Scene.SIDE);
    return new Exam(
        yesNo(CompositionQuestion.SUN),
        Optional.of(VisualPrompt.composition(Optional.empty(), List.of(frame))),
        logit,
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.of(box));
  }

  private static double inBox(double away) {
    return SURE - 0.6 * Math.min(away, 8) - 0.15 * Math.max(0, away - 8);
  }

  /** Whether a scene is drawn as a cartoon. */
  static Exam cartoon(Scene scene) {
    boolean cartoon = scene.style() == Style.CARTOON;
    return new Exam(yesNo(CARTOON), Optional.empty(), cartoon ? SURE : -SURE);
  }

  /** Whether a scene has that ground. */
  static Exam ground(Scene scene, Ground asked) {
    return new Exam(yesNo(isThis(asked)), Optional.empty(), scene.ground() == asked ? SURE : -SURE);
  }

  private static String isThis(Ground ground) {
    return "Is this " + ground.words() + "?";
  }
}
