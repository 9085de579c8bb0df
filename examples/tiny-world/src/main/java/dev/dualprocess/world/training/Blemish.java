package dev.dualprocess.world.training;

import com.google.common.primitives.ImmutableDoubleArray;
import dev.dualprocess.world.Factor;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;
import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Optional;
import java.util.Random;

/**
 * Hard negatives: what a generator paints when it wants to please a verifier without moving the
 * horizon. Bands across the picture, a blurred horizon, two horizons at once.
 */
final class Blemish {
  private Blemish() {}

  /** A drawn scene with one of these; its horizon is where it was, and can be doubted. */
  static Subject on(Subject.Drawn subject, Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> bands(subject, random);
      case 1 -> blurred(subject, random);
      case 2 -> reddened(subject, random);
      default -> doubled(subject, random);
    };
  }

  private static Subject bands(Subject.Drawn subject, Random random) {
    BufferedImage picture = copy(subject.picture());
    Graphics2D pen = picture.createGraphics();
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      int from = random.nextInt(Scene.SIDE);
      pen.setComposite(
          AlphaComposite.getInstance(AlphaComposite.SRC_OVER, 0.25f + 0.65f * random.nextFloat()));
      Color seen = new Color(picture.getRGB(2, random.nextInt(Scene.SIDE)));
      pen.setColor(
          random.nextBoolean()
              ? seen
              : random.nextBoolean() ? seen.darker().darker() : seen.brighter());
      pen.fillRect(0, from, Scene.SIDE, 1 + random.nextInt(4));
    }
    pen.dispose();
    return new Blemished(subject, picture, 0.25, 0);
  }

  /** A reddish line along the horizon or elsewhere, as if the question's own line were there. */
  private static Subject reddened(Subject.Drawn subject, Random random) {
    BufferedImage picture = copy(subject.picture());
    Graphics2D pen = picture.createGraphics();
    int thickness = 1 + random.nextInt(4);
    int middle =
        random.nextInt(3) > 0
            ? (int) Math.round(subject.horizon()) + random.nextInt(3) - 1
            : random.nextInt(Scene.SIDE);
    float opacity = 0.4f + 0.6f * random.nextFloat();
    pen.setComposite(AlphaComposite.getInstance(AlphaComposite.SRC_OVER, opacity));
    pen.setColor(new Color(150 + random.nextInt(106), random.nextInt(90), random.nextInt(90)));
    pen.fillRect(0, middle - thickness / 2, Scene.SIDE, thickness);
    pen.dispose();
    return new Blemished(subject, picture, 0.35, 0);
  }

  private static Subject blurred(Subject.Drawn subject, Random random) {
    int reach = 2 + random.nextInt(5);
    BufferedImage source = subject.picture();
    BufferedImage picture = copy(source);
    int middle = (int) Math.round(subject.horizon());
    for (int y = middle - 2 * reach; y <= middle + 2 * reach; y++) {
      for (int x = 0; x < Scene.SIDE && y >= 0 && y < Scene.SIDE; x++) {
        int r = 0;
        int g = 0;
        int b = 0;
        for (int dy = -reach; dy <= reach; dy++) {
          Color c = new Color(source.getRGB(x, Math.max(0, Math.min(Scene.SIDE - 1, y + dy))));
          r += c.getRed();
          g += c.getGreen();
          b += c.getBlue();
        }
        int n = 2 * reach + 1;
        picture.setRGB(x, y, new Color(r / n, g / n, b / n).getRGB());
      }
    }
    return new Blemished(subject, picture, reach / 8.0, 0);
  }

  private static Subject doubled(Subject.Drawn subject, Random random) {
    Scene scene = subject.drawn();
    double[] factors = scene.factors().toArray();
    double moved = factors[Factor.HORIZON.channel()] + 0.3 + 0.4 * random.nextDouble();
    factors[Factor.HORIZON.channel()] = moved % 1;
    Scene other = scene.withFactors(ImmutableDoubleArray.copyOf(factors));
    float share = 0.3f + 0.3f * random.nextFloat();
    return new Blemished(
        subject, blended(subject.picture(), SceneRenderer.draw(other), share), 0.9, 0);
  }

  /** A drawn scene whose sun is pale or gone. */
  static Subject paled(Subject.Drawn subject, Random random) {
    double paleness = random.nextBoolean() ? 1 : random.nextDouble();
    BufferedImage without = SceneRenderer.drawWithoutSun(subject.drawn());
    return new Blemished(
        subject, blended(subject.picture(), without, (float) paleness), 0, paleness);
  }

  private static BufferedImage blended(BufferedImage picture, BufferedImage other, float share) {
    BufferedImage blended = copy(picture);
    Graphics2D pen = blended.createGraphics();
    pen.setComposite(AlphaComposite.getInstance(AlphaComposite.SRC_OVER, share));
    pen.drawImage(other, 0, 0, null);
    pen.dispose();
    return blended;
  }

  private static BufferedImage copy(BufferedImage picture) {
    BufferedImage copy = new BufferedImage(Scene.SIDE, Scene.SIDE, BufferedImage.TYPE_INT_RGB);
    copy.createGraphics().drawImage(picture, 0, 0, null);
    return copy;
  }

  /** A scene that was drawn and then spoilt. */
  private record Blemished(Subject.Drawn from, BufferedImage picture, double doubt, double paleness)
      implements Subject {
    @Override
    public double horizon() {
      return from.horizon();
    }

    @Override
    public double outline() {
      return from.outline();
    }

    @Override
    public Optional<Scene> scene() {
      return from.scene();
    }
  }
}
