package dev.dualprocess.world.training;

import dev.dualprocess.augment.Augmentation;
import dev.dualprocess.augment.Disturbance;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.overlay.Overlay;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.world.Scene;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Pictures and what is laid over them: picture ⊙ kept + drawn.
 *
 * @param picture fp32 [B, 3, H, W] in [-1, 1]
 * @param kept 0 where the drawing hides the picture, else 1
 * @param drawn 0 where there is no drawing
 */
record Sight(Tensor picture, Tensor kept, Tensor drawn) {
  private static final ImageSize SIZE = ImageSize.square(Scene.SIDE);

  /** A way to show a lesson: as it is, or moved. */
  record View(Disturbance disturbance) {
    // Further than a generator's or a vision tower's patch, so that no answer hangs on their grids.
    private static final double FURTHEST = 0.07;
    private static final Augmentation MOVED = new Augmentation(FURTHEST, 0, 0, 0);

    static View random(Random random) {
      return new View(random.nextBoolean() ? Disturbance.NONE : MOVED.draw(random.nextLong()));
    }

    /** Rows that everything is moved down by. */
    double down() {
      return -disturbance.rows().start() * Scene.SIDE;
    }

    /** Columns that everything is moved to the right by. */
    double right() {
      return -disturbance.columns().start() * Scene.SIDE;
    }

    Sight of(Sight sight) {
      return new Sight(
          disturbance.apply(sight.picture),
          disturbance.apply(sight.kept),
          disturbance.apply(sight.drawn));
    }
  }

  /** A lesson's picture, perhaps with small damage, and its drawing. */
  static Sight of(Curriculum.Lesson lesson, Random random) {
    Tensor bare = Pixels.toTensor(lesson.subject().picture());
    boolean colored = lesson.topic() == Exam.Topic.PALETTE || lesson.topic() == Exam.Topic.NIGHT;
    Tensor picture =
        colored ? bare : Damage.apply(bare, lesson.topic() != Exam.Topic.OUTLINE, random);
    Tensor nothing = torch.zeros_like(picture);
    if (lesson.exam().visualPrompt().isEmpty()) {
      return new Sight(picture, torch.ones_like(picture), nothing);
    }
    VisualPrompt prompt = lesson.exam().visualPrompt().orElseThrow();
    try (Overlay overlay = Overlay.of(prompt, SIZE, Placement.CPU)) {
      Tensor drawn = overlay.apply(nothing);
      return new Sight(picture, overlay.apply(torch.ones_like(picture)).sub(drawn), drawn);
    }
  }

  /** Several as one batch. */
  static Sight together(List<Sight> sights) {
    return new Sight(
        Ops.cat(0, sights.stream().map(Sight::picture).toArray(Tensor[]::new)),
        Ops.cat(0, sights.stream().map(Sight::kept).toArray(Tensor[]::new)),
        Ops.cat(0, sights.stream().map(Sight::drawn).toArray(Tensor[]::new)));
  }

  /** With other pictures under the same drawings. */
  Sight changed(Tensor change) {
    return new Sight(Ops.clamp(picture.add(change), -1, 1), kept, drawn);
  }

  /** What the verifier is shown, [B, 3, H, W]. */
  Tensor composed() {
    return picture.mul(kept).add(drawn);
  }
}
