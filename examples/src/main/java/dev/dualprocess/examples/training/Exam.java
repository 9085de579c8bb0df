package dev.dualprocess.examples.training;

import dev.dualprocess.Question;
import dev.dualprocess.examples.world.Ground;
import dev.dualprocess.examples.world.Scene;
import dev.dualprocess.examples.world.Style;
import dev.dualprocess.examples.world.Tone;
import dev.dualprocess.overlay.VisualPrompt;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A question about a picture, with the drawing it points to and how sure a "Yes" should be. Answers
 * are graded: the wanted difference of the two answers' logits falls with the distance from what
 * was asked for, so that the gradient shows the way from afar.
 *
 * @param question with its request for Yes or No
 * @param visualPrompt laid over the picture
 * @param logit wanted log p(Yes) - log p(No)
 * @param line the row of the horizon's line, where there is one
 * @param nearnessOfA how near point A is, or not a number
 * @param nearnessOfB how near point B is, or not a number
 */
record Exam(
    String question,
    Optional<VisualPrompt> visualPrompt,
    double logit,
    OptionalDouble line,
    double nearnessOfA,
    double nearnessOfB) {
  private static final double SURE = 3.5;
  private static final int TRIES = 3;

  private static final String NIGHT = "Is it night?";
  private static final String CARTOON = "Is this a cartoon?";
  private static final List<Ground> GROUNDS = List.of(Ground.values());
  private static final List<Tone> TONES =
      Stream.of(Tone.values()).filter(tone -> tone != Tone.NATURAL).toList();

  private Exam(String question, Optional<VisualPrompt> visualPrompt, double logit) {
    this(question, visualPrompt, logit, OptionalDouble.empty(), Double.NaN, Double.NaN);
  }

  /** What an exam is about. */
  enum Topic {
    HORIZON,
    OUTLINE,
    DEPTH,
    PALETTE,
    NIGHT,
    KIND
  }

  /** Every question there is, for the tokenizer. */
  static Set<String> questions() {
    Set<String> questions = new LinkedHashSet<>();
    for (VisualPrompt prompt :
        List.of(
            VisualPrompt.horizon(0.5),
            VisualPrompt.lineWeight(1),
            VisualPrompt.depth(0, 0, 1, 1),
            VisualPrompt.palette("#000000"))) {
      questions.add(asked(prompt));
    }
    questions.add(yesNo(NIGHT));
    questions.add(yesNo(CARTOON));
    for (Ground ground : Ground.values()) {
      questions.add(yesNo(isThis(ground)));
    }
    return questions;
  }

  private static String asked(VisualPrompt prompt) {
    return yesNo(prompt.defaultQuestion().orElseThrow());
  }

  private static String yesNo(String question) {
    return new Question(question, "Yes").withYesNoPostfix().text();
  }

  /** A random question of a topic. */
  static Exam of(Topic topic, Subject subject, Random random) {
    return switch (topic) {
      case HORIZON -> horizon(subject, random);
      case OUTLINE -> outline(subject, random);
      case DEPTH -> depth(subject, random);
      case PALETTE -> palette(subject, random);
      case NIGHT -> night(subject);
      case KIND -> kind(subject, random);
    };
  }

  private static Exam horizon(Subject subject, Random random) {
    double u = random.nextDouble();
    double spread = u < 0.4 ? 3 : u < 0.65 ? 10 : 34;
    double away = spread * (2 * random.nextDouble() - 1);
    long row = Math.round(subject.horizon() + away);
    row = Math.max(8, Math.min(Scene.SIDE - 8, row));
    return horizonAt(subject, (double) row);
  }

  /** Whether the horizon is at one row. */
  static Exam horizonAt(Subject subject, double row) {
    double d = Math.abs(subject.horizon() - row);
    double logit = SURE - 0.9 * Math.min(d, 5) - 0.3 * Math.max(d - 5, 0) - 4 * subject.doubt();
    VisualPrompt line = VisualPrompt.horizon(row / Scene.SIDE);
    return new Exam(
        asked(line), Optional.of(line), logit, OptionalDouble.of(row), Double.NaN, Double.NaN);
  }

  private static Exam outline(Subject subject, Random random) {
    long nearest = Math.round(subject.outline());
    boolean close = random.nextBoolean() && nearest >= 1;
    int wanted = (int) (close ? nearest : 1 + random.nextInt(4));
    return outlineOf(subject, wanted);
  }

  /** Whether lines are that thick. */
  static Exam outlineOf(Subject subject, int pixels) {
    double d = Math.abs(subject.outline() - pixels);
    VisualPrompt line = VisualPrompt.lineWeight(pixels);
    return new Exam(
        asked(line), Optional.of(line), 3.2 - 2.4 * Math.min(d, 2.5) - 0.4 * Math.max(0, d - 2.5));
  }

  private static Exam depth(Subject subject, Random random) {
    Exam exam = anyDepth(subject, random);
    boolean telling = random.nextInt(5) > 0;
    for (int i = 0; telling && i < TRIES && Math.abs(exam.logit()) < 1; i++) {
      exam = anyDepth(subject, random);
    }
    return exam;
  }

  private static Exam anyDepth(Subject subject, Random random) {
    double left = 0.18 + 0.2 * random.nextDouble();
    double right = 0.62 + 0.2 * random.nextDouble();
    // Most points lie about where things stand.
    double middle = subject.horizon() / Scene.SIDE;
    double ay =
        random.nextInt(3) == 0
            ? 0.2 + 0.6 * random.nextDouble()
            : middle - 0.2 + 0.35 * random.nextDouble();
    ay = Math.max(0.15, Math.min(0.85, ay));
    double by = random.nextInt(4) == 0 ? 0.2 + 0.6 * random.nextDouble() : ay;
    boolean swap = random.nextBoolean();
    return depthAt(subject, swap ? right : left, ay, swap ? left : right, by);
  }

  /** Whether the first of two places is the nearer one. */
  static Exam depthAt(Subject subject, double ax, double ay, double bx, double by) {
    double a = subject.nearness(ax, ay);
    double b = subject.nearness(bx, by);
    double d = a - b;
    VisualPrompt points = VisualPrompt.depth(ax, ay, bx, by);
    return new Exam(
        asked(points),
        Optional.of(points),
        3.5 * Math.tanh(d / 5) + 0.06 * d,
        OptionalDouble.empty(),
        a,
        b);
  }

  private static Exam palette(Subject subject, Random random) {
    int size = 3 + random.nextInt(3);
    List<Color> colors = new ArrayList<>();
    int source = random.nextInt(4);
    BufferedImage other =
        source < 2 ? subject.picture() : Subject.Drawn.of(Scene.random(random)).picture();
    Tone tone = TONES.get(random.nextInt(TONES.size()));
    for (int i = 0; i < size; i++) {
      colors.add(
          source == 3
              ? mix(tone.dark(), tone.light(), (i + random.nextDouble()) / size)
              : new Color(
                  other.getRGB(
                      random.nextInt(Scene.SIDE),
                      (int) (Scene.SIDE * (i + random.nextDouble()) / size))));
    }
    return paletteOf(subject, colors);
  }

  /** Whether a picture uses those colours. */
  static Exam paletteOf(Subject subject, List<Color> colors) {
    double distance = PaletteDistance.of(subject.picture(), colors);
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

  private static Color mix(Color a, Color b, double t) {
    return new Color(
        (int) (a.getRed() + t * (b.getRed() - a.getRed())),
        (int) (a.getGreen() + t * (b.getGreen() - a.getGreen())),
        (int) (a.getBlue() + t * (b.getBlue() - a.getBlue())));
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

  private static Exam kind(Subject subject, Random random) {
    Scene scene = subject.scene().orElseThrow();
    if (random.nextInt(5) == 0) {
      boolean cartoon = scene.style() == Style.CARTOON;
      return new Exam(yesNo(CARTOON), Optional.empty(), cartoon ? SURE : -SURE);
    }
    Ground asked =
        random.nextInt(3) == 0 ? scene.ground() : GROUNDS.get(random.nextInt(GROUNDS.size()));
    return new Exam(yesNo(isThis(asked)), Optional.empty(), scene.ground() == asked ? SURE : -SURE);
  }

  private static String isThis(Ground ground) {
    return "Is this " + ground.words() + "?";
  }
}
