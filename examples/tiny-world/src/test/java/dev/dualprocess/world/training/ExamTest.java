package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.world.Frame;
import dev.dualprocess.world.Ground;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;
import dev.dualprocess.world.Style;
import dev.dualprocess.world.Things;
import dev.dualprocess.world.TimeOfDay;
import dev.dualprocess.world.Tone;
import dev.dualprocess.world.meter.ColorFamilies;
import dev.dualprocess.world.training.Exam.Topic;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How sure a Yes should be. */
class ExamTest {
  private static final List<Subject.Drawn> SUBJECTS = subjects();

  private static List<Subject.Drawn> subjects() {
    Random random = new Random(31);
    return Stream.generate(() -> Subject.Drawn.of(Scene.random(random))).limit(60).toList();
  }

  @Test
  void aScenesOwnHorizonGivesTheSurestYes() {
    for (Subject subject : SUBJECTS) {
      double own = subject.horizon();
      assertEquals(3.5, Exam.horizonAt(subject, own).logit(), 1e-12);
      for (int side : new int[] {-1, 1}) {
        for (int away = 1; inside(own + side * away); away++) {
          double nearer = Exam.horizonAt(subject, own + side * (away - 1)).logit();
          double farther = Exam.horizonAt(subject, own + side * away).logit();
          assertEquals(away <= 5 ? 0.9 : 0.3, nearer - farther, 1e-9, "at " + away);
        }
      }
    }
  }

  private static boolean inside(double row) {
    return row >= 0 && row <= Scene.SIDE;
  }

  @Test
  void doubtLowersAYes() {
    Random random = new Random(32);
    for (Subject.Drawn subject : SUBJECTS) {
      Subject spoilt = Blemish.on(subject, random);
      assertEquals(
          3.5 - 4 * spoilt.doubt(), Exam.horizonAt(spoilt, spoilt.horizon()).logit(), 1e-12);
    }
  }

  @Test
  void anOutlinesLabelFallsWithTheDistance() {
    for (Subject subject : SUBJECTS) {
      for (int a = 1; a <= 5; a++) {
        for (int b = 1; b <= 5; b++) {
          double da = Math.abs(subject.outline() - a);
          double db = Math.abs(subject.outline() - b);
          if (da < db) {
            assertTrue(Exam.outlineOf(subject, a).logit() > Exam.outlineOf(subject, b).logit());
          }
        }
      }
    }
    Subject bold = SUBJECTS.stream().filter(s -> s.outline() > 3.5).findFirst().orElseThrow();
    assertEquals(3.2 - 2.4 * (bold.outline() - 3), Exam.outlineOf(bold, 3).logit(), 1e-9);
  }

  @Test
  void contentIsKnownByItsColors() {
    for (Subject.Drawn subject : SUBJECTS) {
      Scene scene = subject.drawn();
      if (scene.tone() == Tone.NATURAL) {
        double own = content(subject, scene.ground(), scene.time());
        assertTrue(own > 0, () -> scene.prompt() + ": " + own);
        for (TimeOfDay time : TimeOfDay.values()) {
          if (time != scene.time()) {
            assertTrue(content(subject, scene.ground(), time) < 0, () -> scene.prompt() + time);
          }
        }
      }
    }
  }

  private static double content(Subject subject, Ground ground, TimeOfDay time) {
    ColorFamilies seen = ColorFamilies.of(subject.picture(), subject.horizon());
    return Exam.content(subject, seen, ground, time, Optional.empty()).logit();
  }

  /** One ground after the other in front of one sky: the label falls by 12 a unit of colour. */
  @Test
  void contentFallsWithTheDistanceOfColors() {
    Color noon = TimeOfDay.NOON.sky();
    Color sand = Ground.DESERT.color();
    for (int redder = 0; redder < 29; redder++) {
      Color ground = new Color(sand.getRed() + redder, sand.getGreen() - 51, sand.getBlue());
      BufferedImage picture = new BufferedImage(Scene.SIDE, Scene.SIDE, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < Scene.SIDE; y++) {
        for (int x = 0; x < Scene.SIDE; x++) {
          picture.setRGB(x, y, (y < 32 ? noon : ground).getRGB());
        }
      }
      double away = Math.hypot(redder, 51) / 255;
      Subject subject = new Subject.Measured(picture, Things.NONE);
      assertEquals(0, subject.doubt());
      assertEquals(3.5 - 12 * (away - 0.1), content(subject, Ground.DESERT, TimeOfDay.NOON), 1e-9);
    }
  }

  @Test
  void aPicturesOwnColorsGiveASurerYesThanAnothers() {
    int surer = 0;
    for (int i = 0; i < SUBJECTS.size(); i++) {
      Subject subject = SUBJECTS.get(i);
      Subject other = SUBJECTS.get((i + 1) % SUBJECTS.size());
      double own = Exam.paletteOf(subject, colors(subject)).logit();
      surer += own > Exam.paletteOf(subject, colors(other)).logit() ? 1 : 0;
      assertTrue(own > 1, "its own colours: " + own);
    }
    assertTrue(surer >= 55, surer + " of 60");
  }

  private static List<Color> colors(Subject subject) {
    List<Color> colors = new ArrayList<>();
    for (int y = 4; y < Scene.SIDE; y += 14) {
      colors.add(new Color(subject.picture().getRGB(30, y)));
    }
    return colors;
  }

  @Test
  void nightIsKnownByItsSky() {
    for (Subject.Drawn subject : SUBJECTS) {
      if (subject.drawn().tone() == Tone.NATURAL) {
        boolean night = subject.drawn().time() == TimeOfDay.NIGHT;
        assertEquals(night, Exam.night(subject).logit() > 0, subject.drawn()::prompt);
      }
    }
  }

  private static List<Subject.Drawn> pairs() {
    return SUBJECTS.stream().filter(s -> s.drawn().things().inPairs()).toList();
  }

  @Test
  void aBoxAroundTheSunGivesTheSurestYesAndFallsWithTheDistance() {
    for (Subject.Drawn subject : SUBJECTS) {
      Frame sun = SceneRenderer.sun(subject.drawn());
      Frame box = Frame.around(sun.middleX(), sun.middleY(), 10, 8);
      assertEquals(3.5, Exam.composition(subject, box).logit(), 1e-12);
      for (int away = 1; away <= 30; away++) {
        double side = box.x() < 25 ? 1 : -1; // where a box still lies in the picture
        Frame moved = new Frame(box.x() + 0.6 * side * away, box.y() + 0.8 * away, 10, 8);
        double slope = 0.6 * Math.min(away, 8) + 0.15 * Math.max(0, away - 8);
        assertEquals(3.5 - slope, Exam.composition(subject, moved).logit(), 1e-9);
      }
    }
  }

  @Test
  void aSunThatFadesIsLessAndLessInItsBox() {
    Random random = new Random(36);
    int gone = 0;
    for (Subject.Drawn subject : SUBJECTS) {
      Subject pale = Blemish.paled(subject, random);
      Frame box = SceneRenderer.sun(subject.drawn());
      double logit = Exam.composition(pale, box).logit();
      assertEquals(3.5 - 8.1 * pale.paleness(), logit, 1e-9);
      if (pale.paleness() == 1) {
        gone++;
        BufferedImage without = SceneRenderer.drawWithoutSun(subject.drawn());
        assertEquals(without.getRGB(20, 6), pale.picture().getRGB(20, 6));
      }
    }
    assertTrue(gone > 15 && gone < 45, gone + " of 60");
  }

  @Test
  void whereNoSunIsClearItIsInNoBox() {
    BufferedImage even = new BufferedImage(Scene.SIDE, Scene.SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < Scene.SIDE * Scene.SIDE; i++) {
      boolean sky = i / Scene.SIDE < 32;
      even.setRGB(i % Scene.SIDE, i / Scene.SIDE, (sky ? Color.BLUE : Color.GREEN).getRGB());
    }
    Subject subject = new Subject.Measured(even, Things.NONE);
    double logit = Exam.composition(subject, new Frame(10, 10, 14, 14)).logit();
    assertEquals(3.5 - 4.8 - 3.3, logit, 1e-9);
  }

  @Test
  void theNearerThingsPointIsTheNearerPoint() {
    int told = 0;
    for (Subject.Drawn subject : pairs()) {
      Frame left = SceneRenderer.frame(subject.drawn(), true);
      Frame right = SceneRenderer.frame(subject.drawn(), false);
      double lead =
          SceneRenderer.nearness(subject.drawn(), true)
              - SceneRenderer.nearness(subject.drawn(), false);
      if (Math.abs(lead) > 1) {
        told++;
        Points points =
            new Points(
                left.middleX(), onThing(subject, left), right.middleX(), onThing(subject, right));
        Points swapped = new Points(points.bx(), points.by(), points.ax(), points.ay());
        double logit = Exam.depth(subject, points).logit();
        assertEquals(lead > 0, logit > 0, subject.drawn()::prompt);
        assertEquals(-logit, Exam.depth(subject, swapped).logit(), 1e-9);
      }
    }
    assertTrue(told > 15, told + " pairs");
  }

  /** In the crown of a tree, on a wall, in a sail's foot. */
  private static double onThing(Subject.Drawn subject, Frame frame) {
    boolean tree = subject.drawn().things() == Things.TREES;
    return frame.y() + (tree ? 0.33 : 0.75) * frame.height();
  }

  @Test
  void marksLieInThePicture() {
    Random random = new Random(34);
    for (Subject.Drawn subject : SUBJECTS) {
      Frame box = PlacedMarks.box(subject, random);
      assertTrue(box.x() >= 2 && box.x() + box.width() <= 62, box.toString());
      assertTrue(box.y() >= 2 && box.foot() <= 62, box.toString());
      Points points = PlacedMarks.points(subject, random);
      for (double place : new double[] {points.ax(), points.ay(), points.bx(), points.by()}) {
        assertTrue(place >= 3 && place <= 61, points.toString());
      }
    }
  }

  @Test
  void sharesOfTopicsAreThoseOfTheSyllabus() {
    Random random = new Random(35);
    Map<Topic, Integer> counts = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      counts.merge(Syllabus.SCENES.topic(random), 1, Integer::sum);
      assertFalse(Set.of(Topic.DEPTH, Topic.COMPOSITION).contains(Syllabus.CONTROLS.topic(random)));
    }
    assertEquals(3000, counts.get(Topic.DEPTH), 200);
    assertEquals(2000, counts.get(Topic.COMPOSITION), 200);
    assertEquals(1800, counts.get(Topic.HORIZON), 200);
  }

  @Test
  void kindsAreCertain() {
    for (Subject.Drawn subject : SUBJECTS) {
      Scene scene = subject.drawn();
      assertEquals(scene.style() == Style.CARTOON ? 3.5 : -3.5, Exam.cartoon(scene).logit());
      for (Ground ground : Ground.values()) {
        assertEquals(scene.ground() == ground ? 3.5 : -3.5, Exam.ground(scene, ground).logit());
      }
    }
  }

  @Test
  void everyQuestionIsAmongThoseTheTokenizerKnows() {
    Random random = new Random(33);
    for (Subject subject : SUBJECTS) {
      for (Topic topic : Topic.values()) {
        if (topic == Topic.DEPTH || topic == Topic.COMPOSITION) {
          continue; // later stages' questions are spelt with what the tokenizer has
        }
        Exam exam = Exams.of(topic, subject, random);
        assertTrue(Exam.questions().contains(exam.question()), exam.question());
        if (topic != Topic.CONTENT) {
          assertEquals(topic == Topic.NIGHT || topic == Topic.KIND, exam.visualPrompt().isEmpty());
        }
      }
    }
  }
}
