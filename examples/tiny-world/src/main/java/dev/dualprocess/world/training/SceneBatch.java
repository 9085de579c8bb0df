package dev.dualprocess.world.training;

import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * Scenes and their pictures side by side.
 *
 * @param images fp32 [B, 3, H, W] in [-1, 1], in the scope it was made in
 */
record SceneBatch(List<Scene> scenes, Tensor images) {
  /** That many random scenes. */
  static SceneBatch random(int count, Random random) {
    return of(Stream.generate(() -> Scene.random(random)).limit(count).toList());
  }

  /** The pictures of scenes. */
  static SceneBatch of(List<Scene> scenes) {
    return new SceneBatch(scenes, images(scenes.stream().map(SceneRenderer::draw).toList()));
  }

  /** Pictures of one size as one tensor, [B, 3, H, W] in [-1, 1]. */
  static Tensor images(List<BufferedImage> pictures) {
    return Ops.cat(0, pictures.stream().map(Pixels::toTensor).toArray(Tensor[]::new));
  }
}
