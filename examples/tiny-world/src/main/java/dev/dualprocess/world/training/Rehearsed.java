package dev.dualprocess.world.training;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.world.ContentQuestion;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.Style;
import dev.dualprocess.world.Things;
import dev.dualprocess.world.TimeOfDay;
import dev.dualprocess.world.Tone;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a rehearsal teaches.
 *
 * @param prompt the text and its checks
 * @param things what the text asks for
 */
record Rehearsed(Prompt prompt, Things things) {
  /** A file's name for one of its pictures, which tells the things. */
  Path file(Path name, int i) {
    return Path.of(name + "-" + i + "-" + things + ".png");
  }

  /** The things that a file's name tells. */
  static Things things(Path file) {
    String name = file.getFileName().toString();
    return Things.valueOf(name.substring(name.lastIndexOf('-') + 1, name.lastIndexOf('.')));
  }

  /** A control that the first stages teach. */
  static Rehearsed controls(Random random) {
    Scene scene = Scene.random(random);
    int topic = random.nextInt(8);
    VisualPrompt asked = null;
    if (topic < 5) {
      asked = VisualPrompt.horizon((14 + random.nextInt(37)) / (double) Scene.SIDE);
    } else if (topic == 5) {
      while (scene.style() != Style.CARTOON || scene.time() == TimeOfDay.NIGHT) {
        scene = Scene.random(random);
      }
      asked = VisualPrompt.lineWeight(1 + random.nextInt(4));
    } else if (topic == 6) {
      asked = VisualPrompt.palette(colors(random));
    }
    String question = asked == null ? "Is it night?" : asked.defaultQuestion().orElseThrow();
    return of(scene, question, asked, topic < 6, random);
  }

  private static Check check(String question, @Nullable VisualPrompt asked) {
    return new Check(new Question(question, "Yes").withYesNoPostfix(), Optional.ofNullable(asked));
  }

  private static String colors(Random random) {
    Scene other = Scene.random(random);
    while (other.tone() == Tone.NATURAL && other.things() != Things.NONE) {
      other = Scene.random(random);
    }
    BufferedImage picture = Subject.Drawn.of(other).picture();
    List<String> colors = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int row = (int) (Scene.SIDE * (i + random.nextDouble()) / 4);
      int rgb = picture.getRGB(random.nextInt(Scene.SIDE), row) & 0xffffff;
      colors.add(String.format(Locale.ROOT, "#%06x", rgb));
    }
    return String.join(",", colors);
  }

  /** Depth or composition, and one time in four a control of the first stages. */
  static Rehearsed scenes(Random random) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> controls(random);
      case 2, 3, 4 -> depth(random);
      default -> composition(random);
    };
  }

  private static Rehearsed depth(Random random) {
    Scene scene = scene(random, s -> s.things().inPairs());
    Exam exam = Exams.of(Exam.Topic.DEPTH, Subject.Drawn.of(scene), random);
    return of(scene, exam, random);
  }

  /** In photos without houses: elsewhere the sun is hard to tell from outlines and walls. */
  private static Rehearsed composition(Random random) {
    Scene scene = scene(random, s -> s.style() == Style.PHOTO && s.things() != Things.HOUSES);
    Exam exam = Exam.composition(Subject.Drawn.of(scene), PlacedMarks.box(scene, random));
    return of(scene, exam, random);
  }

  private static Scene scene(Random random, Predicate<Scene> wanted) {
    return Stream.generate(() -> Scene.random(random)).filter(wanted).findFirst().orElseThrow();
  }

  private static Rehearsed of(Scene scene, Exam exam, Random random) {
    return of(scene, exam.question(), exam.visualPrompt().orElseThrow(), true, random);
  }

  /** With a question about the content three times of four, where that may be asked. */
  private static Rehearsed of(
      Scene scene, String question, @Nullable VisualPrompt asked, boolean mayKeep, Random random) {
    Prompt prompt = Prompt.of(scene.prompt()).check(check(question, asked));
    boolean keepsContent = mayKeep && scene.tone() == Tone.NATURAL && random.nextInt(4) > 0;
    return new Rehearsed(
        keepsContent
            ? prompt.check(check(ContentQuestion.of(scene.ground(), scene.time()), asked))
            : prompt,
        scene.things());
  }
}
